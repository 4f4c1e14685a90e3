using System.Globalization;

namespace IGptMl.Optimization;

/// <summary>The settings that determine the weights of a run, by name, as stored in its checkpoints. A run with other settings is another run.</summary>
internal sealed class RunSettings
{
    private const string None = "none";

    private readonly Dictionary<string, string> _values = [];

    /// <summary>The settings.</summary>
    internal IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Adds a setting as culture-invariant text.</summary>
    internal void Add<T>(string name, T value)
        => _values.Add(name, string.Create(CultureInfo.InvariantCulture, $"{value}") is { Length: > 0 } text ? text : None);

    /// <summary>The seed of a run whose settings have the options' names.</summary>
    internal static int? SeedOf(RunState? state) => Find(state, nameof(TrainingOptions.Seed)) is { } text
        ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The peak learning rate of a run whose settings have the options' names.</summary>
    internal static double? LearningRateOf(RunState? state)
        => Find(state, nameof(TrainingOptions.LearningRate)) is { } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Converts the settings of a checkpoint to the current names.</summary>
    internal static IReadOnlyDictionary<string, string> Update(IReadOnlyDictionary<string, string> run)
        => run.ToDictionary(setting => setting.Key == "EarlyStopPatience" ? nameof(TrainingOptions.Patience) : setting.Key, setting => setting.Value);

    private static string? Find(RunState? state, string name) => state?.Run.GetValueOrDefault(name);
}
