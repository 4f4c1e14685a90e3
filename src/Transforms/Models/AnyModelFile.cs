namespace IGptMl.Models;

/// <summary>Tells the forms of a model apart by what lies at a path.</summary>
internal static class AnyModelFile
{
    /// <summary>The forms, for help and errors.</summary>
    internal const string Forms = "a zip that mlContext.Model.Save wrote, a training checkpoint, a Hugging Face folder, or the prefix of a TensorFlow checkpoint";

    /// <summary>Reads the model, whatever its form.</summary>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="InvalidDataException">There is something else, or it is damaged.</exception>
    internal static ImageGptModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (File.Exists(path))
        {
            return TrainingCheckpoint.IsOne(path) ? TrainingCheckpoint.Load(path) : ModelFile.Load(path);
        }

        if (HuggingFaceFolder.IsOne(path))
        {
            return HuggingFaceFolder.Load(path);
        }

        if (File.Exists(path + TensorFlowCheckpoint.IndexEnding))
        {
            return TensorFlowCheckpoint.Load(path);
        }

        throw Directory.Exists(path)
            ? new InvalidDataException($"'{path}' is a folder without '{HuggingFaceConfig.FileName}'; a model is {Forms}.")
            : new FileNotFoundException($"Model file '{path}' does not exist. Nor does '{path}{TensorFlowCheckpoint.IndexEnding}': a model is {Forms}.", path);
    }
}
