using System.Globalization;
using System.Text.RegularExpressions;

namespace IGptMl;

/// <summary>
/// A model to compare with the one of a report: an earlier checkpoint of its run, a model pretrained on other data, or one with another objective.
/// </summary>
/// <param name="name">The name in the report.</param>
/// <param name="path">The path, in any format that <see cref="ImageGptModel.Load(string)"/> reads.</param>
public sealed partial class ComparedModel(string name, string path)
{
    /// <summary>The name in the report.</summary>
    public string Name { get; } = name;

    /// <summary>The path, in any format that <see cref="ImageGptModel.Load(string)"/> reads.</summary>
    public string Path { get; } = path;

    /// <summary>
    /// The number of training steps, if it is a checkpoint of the run that produced the report's model; null for any other model. Default null.
    /// </summary>
    public long? Step { get; init; }

    /// <summary>
    /// Finds all checkpoints that a pretraining run has left in its folder (<c>CheckpointFolder</c> of the trainer's options), ordered by step and named
    /// "1,500 steps" and so on. The weights with the lowest validation loss, <c>best.safetensors</c>, are not included.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">The folder has no checkpoints.</exception>
    public static IReadOnlyList<ComparedModel> FindCheckpoints(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The checkpoint folder '{folder}' does not exist.");
        }

        ComparedModel[] found =
        [
            .. Directory.GetFiles(folder)
                .Select(file => (Path: file, Name: CheckpointName().Match(System.IO.Path.GetFileName(file))))
                .Where(file => file.Name.Success)
                .Select(file => (file.Path, Step: long.Parse(file.Name.Groups[1].Value, CultureInfo.InvariantCulture)))
                .OrderBy(file => file.Step)
                .Select(file => new ComparedModel(string.Create(CultureInfo.InvariantCulture, $"{file.Step:N0} steps"), file.Path) { Step = file.Step }),
        ];
        return found.Length > 0
            ? found
            : throw new InvalidDataException($"The folder '{folder}' has no checkpoints; expected files such as checkpoint-000001500.safetensors.");
    }

    [GeneratedRegex(@"^checkpoint-(\d{1,18})\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex CheckpointName();
}
