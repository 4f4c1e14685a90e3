using System.Collections.ObjectModel;
using System.Reflection;
using IGptMl.Hub;

namespace IGptMl.Models;

/// <summary>How a model came to be, as names and values in an order to read.</summary>
internal static class ModelOrigin
{
    /// <summary>The origin of a model of which nothing is known.</summary>
    internal static IReadOnlyDictionary<string, string> Unknown => ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The origin of a model that this version of the library trained.</summary>
    /// <param name="run">The settings of the run, as in its checkpoints.</param>
    /// <param name="results">What came out, such as the loss.</param>
    internal static IReadOnlyDictionary<string, string> OfRun(IReadOnlyDictionary<string, string> run, params IEnumerable<(string Name, string Value)> results)
    {
        var origin = OfCheckpoint(run);
        foreach (var (name, value) in results)
        {
            origin[name] = value;
        }

        origin["Version"] = typeof(ModelOrigin).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];
        return origin;
    }

    /// <summary>The origin of a model in a checkpoint: the settings, without what the model has itself.</summary>
    internal static Dictionary<string, string> OfCheckpoint(IReadOnlyDictionary<string, string> run)
        => run.Where(setting => setting.Key is not (TrainingCheckpoint.ModelSetting or TrainingCheckpoint.CroppingSetting)).ToDictionary();

    /// <summary>The origin of a model in Hugging Face's format: its name and commit, if the folder is that of a hub's cache.</summary>
    internal static IReadOnlyDictionary<string, string> OfFolder(string folder)
        => HubCache.FindName(folder) is { } name ? new Dictionary<string, string> { ["Source"] = $"{name}" } : Unknown;
}
