using IGptMl;
using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ImageLikelihoodTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that tells how likely a pretrained Image GPT finds each image, and each of its tokens.</summary>
/// <remarks>It holds a handle to the model's weights, which <see cref="Dispose"/> frees.</remarks>
public sealed class ImageLikelihoodTransformer : ITransformer, IDisposable, ISavedComponent<ImageLikelihoodTransformer>
{
    private const string SettingsEntry = "likelihood.json";

    private readonly LikelihoodMapping _mapping;
    private readonly ImageLikelihoodEstimator.Options _options;

    internal ImageLikelihoodTransformer(IHostEnvironment environment, ImageGptModel model, ImageLikelihoodEstimator.Options options)
    {
        Model = model;
        _options = options;
        _mapping = new LikelihoodMapping(HostSettings.Register(environment, nameof(ImageLikelihoodTransformer)), model, options);
    }

    /// <summary>The model; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The token column.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The tokens that a masked model is asked for; null for an autoregressive one, which is asked for all.</summary>
    public TokenMasking? Masking => _mapping.Masking;

    static string ISavedComponent<ImageLikelihoodTransformer>.ComponentName => "ImageLikelihood";

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
        var writer = ComponentWriter.Begin<ImageLikelihoodTransformer>(ctx);
        var o = _options;
        writer.WriteJson(SettingsEntry, new Settings(o.InputColumnName, o.NatsPerTokenColumnName, o.BitsPerDimensionColumnName, o.TokenNatsColumnName, o.SurpriseMapColumnName, o.SurpriseRange, o.BatchSize, o.Masking, ModelEntries.Write(writer.WriteShared, Model)));
    }

    static ImageLikelihoodTransformer ISavedComponent<ImageLikelihoodTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        try
        {
            var options = new ImageLikelihoodEstimator.Options
            {
                InputColumnName = settings.InputColumnName,
                NatsPerTokenColumnName = settings.NatsPerTokenColumnName,
                BitsPerDimensionColumnName = settings.BitsPerDimensionColumnName,
                TokenNatsColumnName = settings.TokenNatsColumnName,
                SurpriseMapColumnName = settings.SurpriseMapColumnName,
                SurpriseRange = settings.SurpriseRange,
                BatchSize = settings.BatchSize,
                Masking = settings.Masking,
            };
            options.Check(model.Config);
            return new ImageLikelihoodTransformer(environment, model, options);
        }
        catch (ArgumentException e)
        {
            model.Dispose();
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' holds settings that cannot be. {e.Message}", e);
        }
    }

    /// <summary>What the zip holds. The device is not in it: a model goes to machines with other ones.</summary>
    private sealed record Settings(
        string InputColumnName,
        string NatsPerTokenColumnName,
        string BitsPerDimensionColumnName,
        string? TokenNatsColumnName,
        string? SurpriseMapColumnName,
        double? SurpriseRange,
        int BatchSize,
        TokenMasking? Masking,
        string Model);
}
