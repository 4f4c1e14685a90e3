using IGptMl;
using IGptMl.Hosting;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: SavedComponent<PaletteQuantizingTransformer>]

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that turns images into sequences of palette colors.</summary>
public sealed class PaletteQuantizingTransformer : ITransformer, ISavedComponent<PaletteQuantizingTransformer>
{
    private const string SettingsEntry = "quantization.json";
    private const string PaletteEntry = "palette.npy";

    private readonly QuantizingMapping _mapping;

    internal PaletteQuantizingTransformer(IHostEnvironment environment, Palette palette, PaletteQuantizingEstimator.Options options, PaletteLearning? learning = null)
    {
        Palette = palette;
        Learning = learning;
        InputColumnName = options.InputColumnName ?? options.OutputColumnName;
        OutputColumnName = options.OutputColumnName;
        ImageSize = options.ImageSize;
        Cropping = options.Cropping;
        Seed = options.Seed ?? 0;
        _mapping = new QuantizingMapping(this, HostSettings.Register(environment, nameof(PaletteQuantizingTransformer)));
    }

    /// <summary>The colors.</summary>
    public Palette Palette { get; }

    /// <summary>How the palette was learned; null where it was given, and where the transformer was loaded from a file.</summary>
    public PaletteLearning? Learning { get; }

    /// <summary>The column of images.</summary>
    public string InputColumnName { get; }

    /// <summary>The column of tokens.</summary>
    public string OutputColumnName { get; }

    /// <summary>The side of the square in pixels to which images are resized.</summary>
    public int ImageSize { get; }

    /// <summary>How images become squares.</summary>
    public ImageCropping Cropping { get; }

    /// <summary>The seed of random crops.</summary>
    internal int Seed { get; }

    static string ISavedComponent<PaletteQuantizingTransformer>.ComponentName => "PaletteQuantizing";

    bool ITransformer.IsRowToRowMapper => true;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        var writer = ComponentWriter.Begin<PaletteQuantizingTransformer>(ctx);
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, OutputColumnName, ImageSize, Cropping, Seed));
        writer.Write(PaletteEntry, Palette.Write);
    }

    static PaletteQuantizingTransformer ISavedComponent<PaletteQuantizingTransformer>.Load(IHostEnvironment environment, ComponentReader reader)
    {
        var settings = reader.ReadJson<Settings>(SettingsEntry);
        var palette = reader.Read(PaletteEntry, stream => Palette.Read(stream, PaletteEntry));
        var options = new PaletteQuantizingEstimator.Options
        {
            InputColumnName = settings.InputColumnName,
            OutputColumnName = settings.OutputColumnName,
            ImageSize = settings.ImageSize,
            Cropping = settings.Cropping,
            Seed = settings.Seed,
        };
        try
        {
            options.Check();
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The model file is damaged: entry '{SettingsEntry}' holds settings that cannot be. {e.Message}", e);
        }

        return new PaletteQuantizingTransformer(environment, palette, options);
    }

    // What a file of an earlier version does not say has its default.
    private sealed record Settings(string InputColumnName, string OutputColumnName, int ImageSize, ImageCropping Cropping = ImageCropping.Squash, int Seed = 0);
}
