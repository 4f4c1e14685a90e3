using IGptMl.Completion;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that keeps a part of each image, and samples the rest from a pretrained Image GPT.</summary>
/// <remarks>A saved and loaded transformer gives the same completions. Images are sampled when they are read, again in every pass.</remarks>
public sealed class ImageCompletingTransformer : ModelTransformerBase<ImageGptModel>, ISavedComponent<ImageCompletingTransformer>
{
    private const string SettingsEntry = "completion.json";

    private readonly ImageCompletingEstimator.Options _options;

    internal ImageCompletingTransformer(IHostEnvironment environment, ImageGptModel model, ImageCompletingEstimator.Options options)
        : base(environment, model)
    {
        _options = options;
        Mapping = new CompletionMapping(Host, model, options);
    }

    /// <summary>The columns of completed images.</summary>
    public IReadOnlyList<string> OutputColumnNames => [.. _options.CompletedNames];

    /// <summary>The seed of the completions; unused if they have individual seeds.</summary>
    public int Seed => _options.Seed ?? 0;

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
    {
        var o = _options;
        var (rows, rowNumbers, rectangle) = o.KeptRegion.ToSaved();
        writer.WriteJson(SettingsEntry, new Settings(
            ModelEntries.Write(writer.WriteShared, Model),
            o.OutputColumnName,
            o.InputName,
            o.KeptColumnName,
            rows,
            rowNumbers,
            rectangle,
            o.Completions,
            o.Size,
            o.Temperature,
            o.TopK,
            o.TopP,
            o.Seed,
            o.Seeds,
            o.BatchSize));
    }

    static ImageCompletingTransformer ISavedComponent<ImageCompletingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var s = reader.ReadJson<Settings>(SettingsEntry);
        var model = ModelEntries.Read(reader.ReadShared, s.Model);
        return ComponentReader.Create(
            SettingsEntry,
            () =>
            {
                var options = new ImageCompletingEstimator.Options
                {
                    OutputColumnName = s.OutputColumnName,
                    InputColumnName = s.InputColumnName,
                    KeptColumnName = s.KeptColumnName,
                    KeptRegion = KeptRegion.OfSaved(s.KeepRows, s.KeepRowNumbers, s.KeepRectangle),
                    Completions = s.Completions,
                    Size = s.Size,
                    Temperature = s.Temperature,
                    TopK = s.TopK,
                    TopP = s.TopP,
                    Seed = s.Seed,
                    Seeds = s.Seeds,
                    BatchSize = s.BatchSize,
                };
                ImageCompletingEstimator.CheckModel(model);
                options.Check(model.Config);
                return new ImageCompletingTransformer(environment, model, options);
            },
            model);
    }

    /// <summary>The settings stored in the zip. The device is not stored, as a model may be loaded on other machines.</summary>
    private sealed record Settings(
        string Model,
        string OutputColumnName,
        string InputColumnName,
        string? KeptColumnName,
        int? KeepRows,
        IReadOnlyList<int>? KeepRowNumbers,
        IReadOnlyList<int>? KeepRectangle,
        int Completions,
        CompletionSize Size,
        double Temperature,
        int? TopK,
        double TopP,
        int? Seed,
        IReadOnlyList<int>? Seeds,
        int BatchSize);
}
