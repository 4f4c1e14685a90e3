namespace IGptMl.Samples.WebApi;

/// <summary>The settings, each an argument such as <c>--Model model.zip</c>, an environment variable, or a line of appsettings.json.</summary>
public sealed record ApiSettings
{
    /// <summary>The pretrained model for /complete and /surprise; null for none.</summary>
    public string? Model { get; init; }

    /// <summary>The classifier for /predict: a zip of samples/PhotoClassifier, igpt, or your own pipeline; null for none.</summary>
    public string? Classifier { get; init; }

    /// <summary>The longest upload in bytes. Default 10 million.</summary>
    public long MaximumBytes { get; init; } = 10_000_000;

    /// <summary>The most pixels of a picture, for a file of a few bytes can claim any size. Default 50 million.</summary>
    public long MaximumPixels { get; init; } = 50_000_000;

    /// <summary>The most completions in one request. Default 8.</summary>
    public int MaximumCompletions { get; init; } = 8;

    /// <summary>The time that a request may take, with its time in the queue. Default 30 seconds.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of requests that are computed at once. Default: that of the processors.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The number of requests that may wait; more are refused with 503. Default 64.</summary>
    public int Queue { get; init; } = 64;

    /// <summary>Reads and checks the settings.</summary>
    internal static ApiSettings Read(IConfiguration configuration)
    {
        var defaults = new ApiSettings();
        var settings = new ApiSettings
        {
            Model = configuration[nameof(Model)],
            Classifier = configuration[nameof(Classifier)],
            MaximumBytes = configuration.GetValue(nameof(MaximumBytes), defaults.MaximumBytes),
            MaximumPixels = configuration.GetValue(nameof(MaximumPixels), defaults.MaximumPixels),
            MaximumCompletions = configuration.GetValue(nameof(MaximumCompletions), defaults.MaximumCompletions),
            TimeLimit = TimeSpan.FromSeconds(configuration.GetValue("Seconds", defaults.TimeLimit.TotalSeconds)),
            Workers = configuration.GetValue(nameof(Workers), defaults.Workers),
            Queue = configuration.GetValue(nameof(Queue), defaults.Queue),
        };
        string?[] problems =
        [
            settings.Model is null && settings.Classifier is null ? "no model is given; expected --Model FILE, --Classifier FILE, or both" : null,
            Missing(nameof(Model), settings.Model),
            Missing(nameof(Classifier), settings.Classifier),
            settings.MaximumBytes < 1 || settings.MaximumPixels < 1 || settings.MaximumCompletions < 1 || settings.Workers < 1 || settings.Queue < 0
                || settings.TimeLimit <= TimeSpan.Zero ? "a limit is below 1" : null,
        ];
        var found = string.Join("; ", problems.OfType<string>());
        return found.Length == 0 ? settings : throw new ArgumentException(found);
    }

    private static string? Missing(string name, string? path) => path is null || Path.Exists(path) ? null : $"--{name} {path} does not exist";
}
