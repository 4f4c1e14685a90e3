using IGptMl;
using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ImageGptFeatureExtractingTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that gives the features of an Image GPT for a column of palette tokens.</summary>
/// <remarks>It holds a handle to the model's weights, which <see cref="Dispose"/> frees.</remarks>
public sealed class ImageGptFeatureExtractingTransformer : ITransformer, IDisposable, ISavedComponent<ImageGptFeatureExtractingTransformer>
{
    private const string SettingsEntry = "features.json";

    private readonly FeatureMapping _mapping;
    private readonly Settings _settings;

    internal ImageGptFeatureExtractingTransformer(IHostEnvironment environment, ImageGptModel model, ImageGptFeatureExtractingEstimator.Options options)
    {
        Model = model;
        _settings = new Settings(options.InputColumnName, options.Columns, options.BatchSize, Model: string.Empty, TokenMasking.Of(model.Config, options.Masking));
        _mapping = new FeatureMapping(HostSettings.Register(environment, nameof(ImageGptFeatureExtractingTransformer)), model, options);
    }

    /// <summary>The model that gives the features; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The token column.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The output columns and their layers.</summary>
    public IReadOnlyList<ImageGptFeatureColumn> Columns => _settings.Columns;

    /// <summary>Which tokens are hidden from a masked model; null for an autoregressive one.</summary>
    public TokenMasking? Masking => _settings.Masking;

    static string ISavedComponent<ImageGptFeatureExtractingTransformer>.ComponentName => "ImageGptFeatures";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    /// <summary>Frees the transformer's handle to the weights.</summary>
    public void Dispose() => Model.Dispose();

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<ImageGptFeatureExtractingTransformer>(ctx);
        writer.WriteJson(SettingsEntry, _settings with { Model = ModelEntries.Write(writer.WriteShared, Model) });
    }

    static ImageGptFeatureExtractingTransformer ISavedComponent<ImageGptFeatureExtractingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        try
        {
            var options = new ImageGptFeatureExtractingEstimator.Options
            {
                InputColumnName = settings.InputColumnName,
                Columns = settings.Columns,
                BatchSize = settings.BatchSize,
                Masking = settings.Masking,
            };
            options.Check(model);
            return new ImageGptFeatureExtractingTransformer(environment, model, options);
        }
        catch (ArgumentException e)
        {
            model.Dispose();
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' holds settings that cannot be. {e.Message}", e);
        }
    }

    /// <summary>What the zip holds. The device is not in it: a model goes to machines with other ones.</summary>
    private sealed record Settings(string InputColumnName, IReadOnlyList<ImageGptFeatureColumn> Columns, int BatchSize, string Model, TokenMasking? Masking = null);
}
