using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that extracts the features of an Image GPT from a column of palette tokens.</summary>
public sealed class ImageGptFeatureExtractingTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<ImageGptFeatureExtractingTransformer>
{
    private const string SettingsEntry = "features.json";

    private readonly Settings _settings;

    internal ImageGptFeatureExtractingTransformer(IHostEnvironment environment, ImageGptModel model, ImageGptFeatureExtractingEstimator.Options options)
        : base(environment, model)
    {
        _settings = new Settings(options.InputColumnName, options.Columns, options.BatchSize, Model: string.Empty,
            TokenMasking.Of(model.Config, options.Masking));
        Mapping = new FeatureMapping(Host, model, options);
    }

    /// <summary>The output columns and their layers.</summary>
    public IReadOnlyList<ImageGptFeatureColumn> Columns => _settings.Columns;

    /// <summary>The tokens that are hidden from a masked model; null for an autoregressive one.</summary>
    public TokenMasking? Masking => _settings.Masking;

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
        => writer.WriteJson(SettingsEntry, _settings with { Model = ModelEntries.Write(writer.WriteShared, Model) });

    static ImageGptFeatureExtractingTransformer ISavedComponent<ImageGptFeatureExtractingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, settings.Model);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
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
            },
            model);
    }

    /// <summary>The settings stored in the zip. The device is not stored, as a model may be loaded on other machines.</summary>
    private sealed record Settings(string InputColumnName, IReadOnlyList<ImageGptFeatureColumn> Columns, int BatchSize, string Model,
        TokenMasking? Masking = null);
}
