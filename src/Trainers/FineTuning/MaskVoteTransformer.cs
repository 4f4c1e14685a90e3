using IGptMl;
using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<MaskVoteTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that classifies images by a masked model's features and a majority of several masks.</summary>
/// <remarks>It holds a handle to the model's weights, and the classifier, which <see cref="Dispose"/> frees.</remarks>
public sealed class MaskVoteTransformer : ITransformer, IDisposable, ISavedComponent<MaskVoteTransformer>
{
    private const string SettingsEntry = "votes.json";
    private const string ClassifierFolder = "Classifier";

    private readonly MaskVoteMapping _mapping;
    private readonly Settings _settings;

    internal MaskVoteTransformer(IHostEnvironment environment, ImageGptModel model, ITransformer classifier, int classes, ClassValues? values, MaskVoteTrainer.Options options)
    {
        Model = model;
        Classifier = classifier;
        _settings = new Settings(
            options.InputColumnName,
            options.FeatureColumnName,
            options.LayersOf(model.Config),
            options.Votes,
            options.MaskProbability,
            options.Seed,
            options.BatchSize,
            classes,
            values?.TypeName,
            values?.Names,
            Model: string.Empty);
        _mapping = new MaskVoteMapping(HostSettings.Register(environment, nameof(MaskVoteTransformer)), model, classifier, classes, values, options);
    }

    /// <summary>The masked model; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The classifier that is run on the features under each mask; it belongs to the transformer.</summary>
    public ITransformer Classifier { get; }

    /// <summary>The token column.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The number of masks that vote.</summary>
    public int Votes => _settings.Votes;

    static string ISavedComponent<MaskVoteTransformer>.ComponentName => "ImageGptMaskVote";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    /// <summary>Frees the transformer's handle to the weights, and the classifier.</summary>
    public void Dispose()
    {
        Model.Dispose();
        (Classifier as IDisposable)?.Dispose();
    }

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<MaskVoteTransformer>(ctx);
        writer.WriteJson(SettingsEntry, _settings with { Model = ModelEntries.Write(writer.WriteShared, Model) });
        writer.WriteTransformer(ClassifierFolder, Classifier);
    }

    static MaskVoteTransformer ISavedComponent<MaskVoteTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var classifier = reader.ReadTransformer(environment, ClassifierFolder);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        try
        {
            var values = settings.ReadValues();
            var options = settings.ToOptions();
            options.Check(model);
            return new MaskVoteTransformer(environment, model, classifier, settings.Classes, values, options);
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            model.Dispose();
            (classifier as IDisposable)?.Dispose();
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' holds settings that cannot be. {e.Message}", e);
        }
    }

    /// <summary>What the zip holds. The device is not in it: a model goes to machines with other ones.</summary>
    private sealed record Settings(
        string InputColumnName,
        string FeatureColumnName,
        IReadOnlyList<int> Layers,
        int Votes,
        double MaskProbability,
        int Seed,
        int BatchSize,
        int Classes,
        string? ValueType,
        IReadOnlyList<string>? Values,
        string Model)
    {
        internal ClassValues? ReadValues() => Classes >= 2 && ValueType is null == Values is null && (Values is null || Values.Count == Classes)
            ? ValueType is { } type ? ClassValues.Load(type, Values!) : null
            : throw new InvalidDataException($"It names {Values?.Count ?? 0} values of {Classes} classes.");

        internal MaskVoteTrainer.Options ToOptions() => new()
        {
            InputColumnName = InputColumnName,
            FeatureColumnName = FeatureColumnName,
            Layers = Layers,
            Votes = Votes,
            MaskProbability = MaskProbability,
            Seed = Seed,
            BatchSize = BatchSize,
        };
    }
}
