using IGptMl;
using IGptMl.Completion;
using IGptMl.Hosting;
using IGptMl.Models;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<ImageCompletingTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that keeps a part of each image and lets a pretrained Image GPT draw the rest.</summary>
/// <remarks>It holds a handle to the model's weights, which <see cref="Dispose"/> frees. A zip that it was saved in completes images in the same way.</remarks>
public sealed class ImageCompletingTransformer : ITransformer, IDisposable, ISavedComponent<ImageCompletingTransformer>
{
    private const string SettingsEntry = "completion.json";

    private readonly CompletionMapping _mapping;
    private readonly ImageCompletingEstimator.Options _options;

    internal ImageCompletingTransformer(IHostEnvironment environment, ImageGptModel model, ImageCompletingEstimator.Options options)
    {
        Model = model;
        _options = options;
        _mapping = new CompletionMapping(HostSettings.Register(environment, nameof(ImageCompletingTransformer)), model, options);
    }

    /// <summary>The model that draws; it belongs to the transformer.</summary>
    public ImageGptModel Model { get; }

    /// <summary>The column of images.</summary>
    public string InputColumnName => _mapping.InputColumnName;

    /// <summary>The columns of completed images.</summary>
    public IReadOnlyList<string> OutputColumnNames => [.. _options.CompletedNames];

    /// <summary>The seed of the completions, without meaning where they were given seeds of their own.</summary>
    public int Seed => _options.Seed ?? 0;

    static string ISavedComponent<ImageCompletingTransformer>.ComponentName => "ImageCompleting";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    /// <remarks>Images are drawn when they are read, in every pass again: for several passes, save them or cache what is made of them.</remarks>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    /// <summary>Frees the transformer's handle to the weights.</summary>
    public void Dispose() => Model.Dispose();

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<ImageCompletingTransformer>(ctx);
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
        try
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
        }
        catch (ArgumentException e)
        {
            model.Dispose();
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' holds settings that cannot be. {e.Message}", e);
        }
    }

    /// <summary>What the zip holds. The device is not in it: a model goes to machines with other ones.</summary>
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
