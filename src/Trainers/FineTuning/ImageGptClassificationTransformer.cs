using IGptMl.Export;
using IGptMl.FineTuning;
using IGptMl.Formats;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl;

/// <summary>
/// <see cref="ITransformer"/> that classifies images with a fine-tuned Image GPT: the probability of each class, and the most probable class.
/// </summary>
public sealed class ImageGptClassificationTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<ImageGptClassificationTransformer>
{
    private const string SettingsEntry = "classification.json";
    private const string HeadEntry = "head.safetensors";

    private readonly ClassScorer _scorer;
    private readonly ClassValues? _values;

    internal ImageGptClassificationTransformer(
        IHostEnvironment environment,
        ImageGptModel model,
        ClassificationHead head,
        ClassScorer scorer,
        ClassValues? values,
        string inputColumnName,
        int? gpuDeviceId = null,
        bool? fallbackToCpu = null)
        : base(environment, model)
    {
        Head = head;
        _scorer = scorer;
        _values = values;
        Mapping = new ClassificationMapping(Host, model, head, scorer, values, inputColumnName, gpuDeviceId, fallbackToCpu);
    }

    /// <summary>The number of classes, which is the length of the score.</summary>
    public int ClassCount => Head.Classes;

    /// <summary>The weights of the linear classifier.</summary>
    internal ClassificationHead Head { get; }

    private protected override ColumnMapping Mapping { get; }

    /// <summary>Writes the network and the classifier as a graph of ONNX.</summary>
    /// <remarks>
    /// Its inputs are those of <see cref="OnnxContent"/>. Its outputs are "scores", float32 [batch, C], the probabilities of the classes; and "label", int64
    /// [batch], the index of the highest. Metadata names the classes. The scores of a masked (BERT) model are those of one mask, the input "hidden"; this
    /// transformer has a majority vote of several.
    /// </remarks>
    /// <param name="path">Path of the file. An existing file is replaced only when the new one is complete. Its folder must exist.</param>
    /// <param name="options">What the graph starts from and its form; null for the defaults. Its content and layers are not used.</param>
    /// <exception cref="ArgumentException">The options are out of range, or the model cannot do what they ask for.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public void SaveAsOnnx(string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options = (options ?? new OnnxExportOptions()) with { Content = OnnxContent.Features, Layers = null };
        options.Check(Model.Config, Model.HasHead, Model.Palette is not null);
        using var lease = Model.Lease(torch.CPU); // also of a model that runs on a GPU
        new ModelGraph(lease.Network, Model.Palette, Model.Cropping, options)
            .WriteClassifier(path, OnnxExport.ChecksumOf(lease.Network), Head.Weights, _values?.Names);
    }

    private protected override void Save(ComponentWriter writer)
    {
        var sums = new Checksums();
        writer.Write(HeadEntry, stream => sums.Write(HeadEntry, stream, Head.Write));
        writer.Write(Checksums.EntryName, sums.WriteList);
        var model = ModelEntries.Write(writer.WriteShared, Model);
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, ClassCount, _values?.TypeName, _values?.Names, _scorer.MaskProbability, _scorer.Votes,
            model));
    }

    static ImageGptClassificationTransformer ISavedComponent<ImageGptClassificationTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var values = reader.Interpret(SettingsEntry, () => ReadValues(settings));
        var sums = reader.Read(Checksums.EntryName, Checksums.ReadList);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
            {
                var head = reader.Read(HeadEntry, stream => sums.Read(HeadEntry, stream, ReadHead));
                return new ImageGptClassificationTransformer(environment, model, head, new ClassScorer(settings.MaskProbability, settings.Votes), values,
                    settings.InputColumnName);
            },
            model);

        ClassificationHead ReadHead(Stream content) => ClassificationHead.Read(settings.Classes, model.Config.EmbeddingSize, content, HeadEntry);
    }

    private static ClassValues? ReadValues(Settings settings)
    {
        if (string.IsNullOrWhiteSpace(settings.InputColumnName)
            || settings.MaskProbability is not (> 0 and < 1) || settings.Votes is < 1 or > ImageGptFineTuneTrainer.MaximumVotes)
        {
            throw new InvalidDataException("It holds invalid settings.");
        }

        return ClassValues.Load(settings.ValueType, settings.Values, settings.Classes);
    }

    /// <summary>The settings stored in the zip. The device is not stored, as a model may be loaded on other machines.</summary>
    private sealed record Settings(string InputColumnName, int Classes, string? ValueType, IReadOnlyList<string>? Values, double MaskProbability, int Votes,
        string Model);
}
