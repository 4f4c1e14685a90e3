namespace IGptMl.Cli.Help;

/// <summary>The groups in which the tool's help shows its commands, each with what it does in a few words.</summary>
internal static class CommandGroups
{
    internal static IReadOnlyList<(string Title, IReadOnlyList<(string Name, string Text)> Commands)> All { get; } =
    [
        ("Learn from images",
        [
            ("pretrain", "train a model on images without labels"),
            ("finetune", "train a model to tell classes apart"),
            ("probe", "measure and save a linear classifier on a model's layers"),
        ]),
        ("Use a model",
        [
            ("serve", "see in the browser what a model does"),
            ("predict", "tell the classes of image files"),
            ("complete", "draw the missing part of images"),
            ("sample", "draw images"),
            ("features", "write the features of images to a file"),
        ]),
        ("Measure",
        [
            ("evaluate", "how well a model predicts images, and what surprises it"),
            ("low-data", "accuracy with few labels"),
            ("report", "all evaluations, as a folder with a page to look at"),
        ]),
        ("Images, palettes and tokens",
        [
            ("data get", "download a data set"),
            ("palette fit", "learn a palette from images"),
            ("palette show", "draw a palette"),
            ("quantize", "write the tokens of images to a file"),
        ]),
        ("Models",
        [
            ("model get", "download a published model"),
            ("info", "what a model is, and where it came from"),
            ("import", "read another format"),
            ("export", "write a Hugging Face folder, or ONNX"),
        ]),
        ("This installation",
        [
            ("doctor", "what this machine has, and what is missing"),
            ("shell-completion", "make bash, zsh or PowerShell complete igpt's words"),
        ]),
    ];
}
