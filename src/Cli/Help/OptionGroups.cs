namespace IGptMl.Cli.Help;

/// <summary>The groups in which a command's help shows its options, the common ones first.</summary>
internal static class OptionGroups
{
    /// <summary>The group of required options, and of those that most people use.</summary>
    internal const string Common = "Common options";

    internal static IReadOnlyList<(string Title, IReadOnlyList<string> Options)> All { get; } =
    [
        (Common, ["--data", "--test", "--model", "--classifier", "--format", "--what", "--preset", "--minutes", "--steps", "--epochs", "--checkpoints",
            "--run", "--port", "--count", "--completions", "--keep-rows", "--trainer", "--labels", "--layers", "--fine-tune", "--out"]),
        ("Images", ["--limit", "--test-limit", "--validation", "--validation-fraction", "--validation-limit", "--encoding", "--crop", "--crops", "--augment",
            "--cache-file", "--pixels", "--patches", "--from"]),
        ("Model and palette", ["--objective", "--heads", "--embedding-size", "--image-size", "--colors", "--palette", "--palette-range", "--bert", "--ckpt",
            "--source", "--name", "--pretrained-on", "--opset", "--float16"]),
        ("Training", ["--batch-size", "--learning-rate", "--optimizer", "--muon-rate", "--warm-up", "--schedule", "--weight-decay", "--clip", "--patience",
            "--validation-interval", "--last-weights", "--generative-weight", "--seed", "--iterations", "--l2", "--no-standardize", "--concatenate"]),
        ("Sampling", ["--temperature", "--top-k", "--top-p", "--seeds", "--keep-row-numbers", "--keep-rectangle", "--input-size", "--scale"]),
        ("Masked models", ["--mask-probability", "--mask-seed", "--votes"]),
        ("Checkpoints and records", ["--checkpoint-minutes", "--checkpoint-interval", "--checkpoint-at", "--checkpoints-kept", "--start-over", "--samples",
            "--metrics-interval", "--tensorboard"]),
        ("Reports", ["--report", "--title", "--beside", "--no-low-data", "--surprise-maps", "--picture", "--cache-folder", "--refresh"]),
        ("Machine", ["--gpu", "--fallback-to-cpu", "--gpu-memory", "--dry-run", "--precision", "--accumulate", "--recompute", "--address"]),
        ("General", ["--json", "--verbose", "--help", "--version"]),
    ];
}
