using IGptMl;
using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Models;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ImageGptTransformer>]

namespace IGptMl;

/// <summary>
/// A pretrained Image GPT as an <see cref="ITransformer"/>: tells how likely the model finds each image, or, if it is a masked model, the image's
/// hidden tokens among the others.
/// </summary>
/// <remarks>It holds a handle to the model's weights, which <see cref="Dispose"/> frees.</remarks>
public sealed class ImageGptTransformer : ITransformer, IDisposable, ISavedComponent<ImageGptTransformer>
{
    private const string SettingsEntry = "likelihood.json";

    private readonly LikelihoodMapping _mapping;

    internal ImageGptTransformer(IHostEnvironment environment, ImageGptModel model, string inputColumnName, TokenMasking? masking = null, int? gpuDeviceId = null, bool? fallbackToCpu = null)
    {
        Model = model;
        var options = new ImageLikelihoodEstimator.Options { InputColumnName = inputColumnName, Masking = masking, GpuDeviceId = gpuDeviceId, FallbackToCpu = fallbackToCpu };
        _mapping = new LikelihoodMapping(HostSettings.Register(environment, nameof(ImageGptTransformer)), model, options);
    }

    /// <summary>The pretrained model, for features and completions; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The token column.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The tokens that a masked model is asked for; null for an autoregressive one, which is asked for all.</summary>
    public TokenMasking? Masking => _mapping.Masking;

    static string ISavedComponent<ImageGptTransformer>.ComponentName => "ImageGpt";

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
        var writer = ComponentWriter.Begin<ImageGptTransformer>(ctx);
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, ModelEntries.Write(writer.WriteShared, Model), Masking));
    }

    static ImageGptTransformer ISavedComponent<ImageGptTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        try
        {
            Check(settings.Masking, model.Config);
        }
        catch
        {
            model.Dispose();
            throw;
        }

        return new ImageGptTransformer(environment, model, settings.InputColumnName, settings.Masking);
    }

    private static void Check(TokenMasking? masking, ImageGptConfig config)
    {
        var guard = new OptionGuard();
        masking?.Check(guard, nameof(Masking), config);
        guard.Require(masking is not { Probability: 0 }, nameof(Masking), masking, "tokens to be asked for");
        guard.ThrowIfDamaged(SettingsEntry);
    }

    private sealed record Settings(string InputColumnName, string Model, TokenMasking? Masking = null);
}
