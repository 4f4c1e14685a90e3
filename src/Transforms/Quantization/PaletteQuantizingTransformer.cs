using IGptMl.Hosting;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="ITransformer"/> that converts images to sequences of palette colors.</summary>
public sealed class PaletteQuantizingTransformer : RowTransformerBase, ISavedComponent<PaletteQuantizingTransformer>
{
    private const string SettingsEntry = "quantization.json";
    private const string PaletteEntry = "palette.npy";

    internal PaletteQuantizingTransformer(IHostEnvironment environment, Palette palette, PaletteQuantizingEstimator.Options options,
        PaletteLearning? learning = null)
        : base(environment)
    {
        Palette = palette;
        Learning = learning;
        OutputColumnName = options.OutputColumnName;
        ImageSize = options.ImageSize;
        Cropping = options.Cropping;
        Seed = options.Seed ?? 0;
        Pixels = options.Pixels;
        var input = options.InputColumnName ?? options.OutputColumnName;
        Mapping = Pixels is null ? new QuantizingMapping(this, Host, input) : new PixelVectorMapping(this, Pixels, Host, input);
    }

    /// <summary>The colors.</summary>
    public Palette Palette { get; }

    /// <summary>How the palette was learned; null if it was given, or if the transformer was loaded from a file.</summary>
    public PaletteLearning? Learning { get; }

    /// <summary>The column of tokens.</summary>
    public string OutputColumnName { get; }

    /// <summary>The side of the square in pixels to which images are resized.</summary>
    public int ImageSize { get; }

    /// <summary>How images are cropped to squares.</summary>
    public ImageCropping Cropping { get; }

    /// <summary>How the input vectors hold pixels; null if the input is a column of images.</summary>
    public PixelLayout? Pixels { get; }

    /// <summary>The seed of random crops.</summary>
    internal int Seed { get; }

    private protected override ColumnMapping Mapping { get; }

    private protected override void Save(ComponentWriter writer)
    {
        writer.WriteJson(SettingsEntry, new Settings(InputColumnName, OutputColumnName, ImageSize, Cropping, Seed, Pixels));
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
            Pixels = settings.Pixels,
        };
        return ComponentReader.Create(SettingsEntry, () =>
        {
            options.Check();
            return new PaletteQuantizingTransformer(environment, palette, options);
        });
    }

    // Settings that a file of an earlier version lacks have their defaults.
    private sealed record Settings(string InputColumnName, string OutputColumnName, int ImageSize, ImageCropping Cropping = ImageCropping.Squash, int Seed = 0,
        PixelLayout? Pixels = null);
}
