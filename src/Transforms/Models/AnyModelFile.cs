using System.Text.RegularExpressions;
using IGptMl.Numerics;

namespace IGptMl.Models;

/// <summary>Loads a model in any supported format, which is determined from the file or folder at the path.</summary>
internal static partial class AnyModelFile
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
            RefusePart(path);
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
            ? NoModelFolder(path)
            : new FileNotFoundException(
                $"Model file '{path}' does not exist. Neither does '{path}{TensorFlowCheckpoint.IndexEnding}'. A model is {Forms}.", path);
    }

    /// <summary>Refuses a file that is a part of a model, and says what to give instead.</summary>
    private static void RefusePart(string path)
    {
        using var file = File.OpenRead(path);
        var kind = FileKind.Of(file);
        var prefix = TensorFlowPart().Replace(path, string.Empty);
        if (kind.Form == FileForm.TensorFlowIndex || (prefix != path && File.Exists(prefix + TensorFlowCheckpoint.IndexEnding)))
        {
            throw new InvalidDataException($"'{path}' is a part of a TensorFlow checkpoint; give the prefix of its files, '{prefix}'.");
        }

        if (kind.Form is FileForm.PyTorch or FileForm.Json)
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var remedy = HuggingFaceFolder.IsOne(folder) ? $"give its folder, '{folder}'" : $"give a folder that has it and '{HuggingFaceConfig.FileName}'";
            throw new InvalidDataException($"'{path}' is {kind.Description}, a part of a model at most; {remedy}.");
        }

        kind.Require(path, $"a model: {Forms}", FileForm.Zip, FileForm.Safetensors);
    }

    private static InvalidDataException NoModelFolder(string folder)
    {
        var index = Directory.EnumerateFiles(folder, $"*{TensorFlowCheckpoint.IndexEnding}").Order(StringComparer.Ordinal).FirstOrDefault();
        return new InvalidDataException(index is null
            ? $"'{folder}' is a folder without '{HuggingFaceConfig.FileName}'; a model is {Forms}."
            : $"'{folder}' is the folder of a TensorFlow checkpoint; give the prefix of its files, '{index[..^TensorFlowCheckpoint.IndexEnding.Length]}'.");
    }

    [GeneratedRegex(@"\.(index|meta|data-\d{5}-of-\d{5})$", RegexOptions.CultureInvariant)]
    private static partial Regex TensorFlowPart();
}
