using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that evaluates the likelihood of each image, and of each of its tokens, under a pretrained Image GPT.</summary>
public sealed class ImageLikelihoodTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<ImageLikelihoodTransformer>
{
    private const string SettingsEntry = "likelihood.json";

    private readonly ImageLikelihoodEstimator.Options _options;

    internal ImageLikelihoodTransformer(IHostEnvironment environment, ImageGptModel model, ImageLikelihoodEstimator.Options options)
        : base(environment, model)
    {
        _options = options;
        Mapping = new LikelihoodMapping(Host, model, options);
    }

    /// <summary>The tokens that a masked model predicts; null for an autoregressive model, which predicts all.</summary>
    public TokenMasking? Masking => ((LikelihoodMapping)Mapping).Masking;

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
    {
        var o = _options;
        writer.WriteJson(SettingsEntry, new Settings(
            o.InputColumnName,
            o.NatsPerTokenColumnName,
            o.BitsPerDimensionColumnName,
            o.TokenNatsColumnName,
            o.SurpriseMapColumnName,
            o.SurpriseRange,
            o.BatchSize,
            o.Masking,
            ModelEntries.Write(writer.WriteShared, Model)));
    }

    static ImageLikelihoodTransformer ISavedComponent<ImageLikelihoodTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
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
            },
            model);
    }

    /// <summary>The settings stored in the zip. The device is not stored, as a model may be loaded on other machines.</summary>
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
