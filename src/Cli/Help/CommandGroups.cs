namespace IGptMl.Cli.Help;

/// <summary>The groups in which the tool's help shows its commands.</summary>
internal static class CommandGroups
{
    internal static IReadOnlyList<(string Title, IReadOnlyList<string> Commands)> All { get; } =
    [
        ("Learn from images", ["pretrain", "finetune", "probe"]),
        ("Use a model", ["serve", "predict", "complete", "sample", "features"]),
        ("Measure", ["evaluate", "low-data", "report"]),
        ("Images, palettes and tokens", ["data get", "palette fit", "palette show", "quantize"]),
        ("Models", ["model get", "info", "import", "export"]),
        ("This installation", ["doctor", "shell-completion"]),
    ];
}
