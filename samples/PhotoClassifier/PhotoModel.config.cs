using System.Text.Json;

namespace IGptMl.Samples.PhotoClassifier;

/// <content>The settings in PhotoModel.mbconfig, whose form is that of Model Builder's projects.</content>
public static partial class PhotoModel
{
    /// <summary>The settings of a training.</summary>
    /// <param name="PhotosFolder">The folder with one subfolder per class; a relative path starts at the current folder.</param>
    /// <param name="HeldOut">The share of each class that is held out for the evaluation, 0 to 0.9.</param>
    public sealed record Settings(string PhotosFolder = "photos", double HeldOut = 0.2);

    /// <summary>Reads the settings of an .mbconfig file.</summary>
    /// <exception cref="InvalidDataException">The file is not such a file; the message says what is missing.</exception>
    public static Settings ReadSettings(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = json.RootElement;
            var scenario = root.GetProperty("Scenario").GetString();
            if (scenario != "ImageClassification")
            {
                throw new InvalidDataException($"{path}: the scenario is '{scenario}'; expected 'ImageClassification'.");
            }

            var heldOut = root.GetProperty("TrainingOption").GetProperty("ValidationOption").GetProperty("SplitRatio").GetDouble();
            var folder = root.GetProperty("DataSource").GetProperty("FolderPath").GetString();
            return heldOut is >= 0 and <= 0.9 && !string.IsNullOrWhiteSpace(folder)
                ? new Settings(folder, heldOut)
                : throw new InvalidDataException($"{path}: FolderPath is '{folder}' and SplitRatio {heldOut}; expected a folder, and 0 to 0.9.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: it has not the form of Model Builder's settings. {e.Message}", e);
        }
    }
}
