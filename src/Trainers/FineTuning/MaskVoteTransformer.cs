using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that classifies images by a masked model's features and a majority vote over several masks.</summary>
public sealed class MaskVoteTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<MaskVoteTransformer>
{
    private const string SettingsEntry = "votes.json";
    private const string ClassifierFolder = "Classifier";

    private readonly Settings _settings;

    internal MaskVoteTransformer(
        IHostEnvironment environment,
        ImageGptModel model,
        ITransformer classifier,
        int classes,
        ClassValues? values,
        MaskVoteTrainer.Options options)
        : base(environment, model)
    {
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
        Mapping = new MaskVoteMapping(Host, model, classifier, classes, values, options);
    }

    /// <summary>The classifier that is applied to the features under each mask; the transformer owns it.</summary>
    public ITransformer Classifier { get; }

    /// <summary>The number of masks that vote.</summary>
    public int Votes => _settings.Votes;

    private protected override ColumnMapping Mapping { get; }

    /// <summary>Frees the transformer's handle to the weights, and the classifier.</summary>
    public override void Dispose()
    {
        base.Dispose();
        (Classifier as IDisposable)?.Dispose();
    }

    private protected override void Save(ComponentWriter writer)
    {
        writer.WriteJson(SettingsEntry, _settings with { Model = ModelEntries.Write(writer.WriteShared, Model) });
        writer.WriteTransformer(ClassifierFolder, Classifier);
    }

    static MaskVoteTransformer ISavedComponent<MaskVoteTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var values = reader.Interpret(SettingsEntry, () => ClassValues.Load(settings.ValueType, settings.Values, settings.Classes));
        var classifier = reader.ReadTransformer(environment, ClassifierFolder);
        var model = ComponentReader.Create(SettingsEntry, () => ModelEntries.Read(reader.ReadShared, settings.Model), classifier);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
            {
                var options = settings.ToOptions();
                options.Check(model);
                return new MaskVoteTransformer(environment, model, classifier, settings.Classes, values, options);
            },
            model,
            classifier);
    }

    /// <summary>The settings stored in the zip. The device is not stored, as a model may be loaded on other machines.</summary>
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
