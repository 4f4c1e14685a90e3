using System.Globalization;
using System.Text.RegularExpressions;

namespace IGptMl;

/// <summary>The checkpoints that a pretraining run has left in its folder (<c>CheckpointFolder</c> of the trainer's options), as models to compare.</summary>
public static partial class RunCheckpoints
{
    /// <summary>
    /// Finds all checkpoints of a run, ordered by step and named "1,500 steps" and so on. The weights with the lowest validation loss,
    /// <c>best.safetensors</c>, are not included.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="InvalidDataException">The folder has no checkpoints.</exception>
    public static IReadOnlyList<ComparedModel> Find(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The checkpoint folder '{folder}' does not exist.");
        }

        ComparedModel[] found =
        [
            .. Directory.GetFiles(folder)
                .Select(path => (Path: path, Name: CheckpointName().Match(Path.GetFileName(path))))
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
