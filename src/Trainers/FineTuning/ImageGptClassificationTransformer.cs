using IGptMl;
using IGptMl.FineTuning;
using IGptMl.Formats;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ImageGptClassificationTransformer>]

namespace IGptMl;

/// <summary>A fine-tuned Image GPT as an <see cref="ITransformer"/>: the probability of each class, and the likeliest one.</summary>
/// <remarks>It holds a handle to the model's weights, which <see cref="Dispose"/> frees.</remarks>
public sealed class ImageGptClassificationTransformer : ITransformer, IDisposable, ISavedComponent<ImageGptClassificationTransformer>
{
    private const string SettingsEntry = "classification.json";
    private const string HeadEntry = "head.safetensors";

    private readonly ClassScorer _scorer;
    private readonly ClassValues? _values;
    private readonly ClassificationMapping _mapping;

    internal ImageGptClassificationTransformer(IHostEnvironment environment, ImageGptModel model, ClassificationHead head, ClassScorer scorer, ClassValues? values, string inputColumnName, int? gpuDeviceId = null, bool? fallbackToCpu = null)
    {
        Model = model;
        Head = head;
        _scorer = scorer;
        _values = values;
        _mapping = new ClassificationMapping(HostSettings.Register(environment, nameof(ImageGptClassificationTransformer)), model, head, scorer, values, inputColumnName, gpuDeviceId, fallbackToCpu);
    }

    /// <summary>The fine-tuned model, which still generates; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The token column.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The number of classes, which is the length of the score.</summary>
    public int ClassCount => Head.Classes;

    static string ISavedComponent<ImageGptClassificationTransformer>.ComponentName => "ImageGptClassification";

    bool ITransformer.IsRowToRowMapper => true;

    /// <summary>The weights of the linear classifier.</summary>
    internal ClassificationHead Head { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    /// <summary>Frees the transformer's handle to the weights.</summary>
    public void Dispose() => Model.Dispose();

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<ImageGptClassificationTransformer>(ctx);
        var sums = new Checksums();
        writer.Write(HeadEntry, stream => sums.Write(HeadEntry, stream, Head.Write));
        writer.Write(Checksums.EntryName, sums.WriteList);
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, ClassCount, _values?.TypeName, _values?.Names, _scorer.MaskProbability, _scorer.Votes, ModelEntries.Write(writer.WriteShared, Model)));
    }

    static ImageGptClassificationTransformer ISavedComponent<ImageGptClassificationTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var values = reader.Read(SettingsEntry, _ => ReadValues(settings));
        var sums = reader.Read(Checksums.EntryName, Checksums.ReadList);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        try
        {
            var head = reader.Read(HeadEntry, stream => sums.Read(HeadEntry, stream, content => ClassificationHead.Read(settings.Classes, model.Config.EmbeddingSize, content, HeadEntry)));
            return new ImageGptClassificationTransformer(environment, model, head, new ClassScorer(settings.MaskProbability, settings.Votes), values, settings.InputColumnName);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static ClassValues? ReadValues(Settings settings)
    {
        if (settings.Classes < 2 || string.IsNullOrWhiteSpace(settings.InputColumnName) || settings.ValueType is null != settings.Values is null
            || settings.MaskProbability is not (> 0 and < 1) || settings.Votes is < 1 or > ImageGptFineTuneTrainer.MaximumVotes)
        {
            throw new InvalidDataException("It holds settings that cannot be.");
        }

        return settings.Values is null || settings.Values.Count == settings.Classes
            ? settings.ValueType is { } type ? ClassValues.Load(type, settings.Values!) : null
            : throw new InvalidDataException($"It names {settings.Values.Count} values of {settings.Classes} classes.");
    }

    /// <summary>What the zip holds. The device is not in it: a model goes to machines with other ones.</summary>
    private sealed record Settings(string InputColumnName, int Classes, string? ValueType, IReadOnlyList<string>? Values, double MaskProbability, int Votes, string Model);
}
