using IGptMl.FineTuning;
using IGptMl.Formats;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

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
