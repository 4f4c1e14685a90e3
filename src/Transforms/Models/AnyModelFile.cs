namespace IGptMl.Models;

/// <summary>Loads a model in any supported format, which is determined from the file or folder at the path.</summary>
internal static class AnyModelFile
{
    /// <summary>The supported formats, for help and errors.</summary>
    internal const string Forms =
        "a zip that mlContext.Model.Save wrote, a training checkpoint, a Hugging Face folder, or the prefix of a TensorFlow checkpoint";

    /// <summary>Loads a model of any format. The range is that of the palette's values, for a format that does not fix it.</summary>
    /// <exception cref="FileNotFoundException">The path does not exist.</exception>
    /// <exception cref="InvalidDataException">The file or folder is not a model, or is damaged.</exception>
    internal static ImageGptModel Load(string path, PaletteRange range)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path))
        {
            return TrainingCheckpoint.IsOne(path) ? TrainingCheckpoint.Load(path) : ModelFile.Load(path);
        }

        if (HuggingFaceFolder.IsOne(path))
        {
            return HuggingFaceFolder.Load(path, range);
        }

        if (File.Exists(path + TensorFlowCheckpoint.IndexEnding))
        {
            return TensorFlowCheckpoint.Load(path);
        }

        throw Directory.Exists(path)
            ? new InvalidDataException($"'{path}' is a folder without '{HuggingFaceConfig.FileName}'; a model is {Forms}.")
            : new FileNotFoundException(
                $"Model file '{path}' does not exist. Neither does '{path}{TensorFlowCheckpoint.IndexEnding}'. A model is {Forms}.", path);
    }
}
