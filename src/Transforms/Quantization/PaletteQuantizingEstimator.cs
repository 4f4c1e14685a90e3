using IGptMl.Hosting;
using IGptMl.Numerics;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="IEstimator{TTransformer}"/> for <see cref="PaletteQuantizingTransformer"/>: converts images to sequences of palette colors.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | Yes, unless it is given a palette |
/// | Input column data type | <xref:Microsoft.ML.Data.MLImage>, or a known-sized vector of <xref:System.Single> or <xref:System.Byte> |
/// | Output column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16) |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, Microsoft.ML.ImageAnalytics |
/// | Exportable to ONNX | Yes, from a vector of pixels |
///
/// The image, of any size and pixel format, is resized to a square with an antialiasing triangle filter, either as a whole without keeping its aspect ratio,
/// or cropped as in the paper (<see cref="ImageCropping"/>). An image that already has that size is not changed. Each pixel then becomes the index of the
/// nearest palette color, in raster order (Chen et al. 2020, section 3.2: a "9-bit palette" of 512 colors).
///
/// The palette is learned by k-means over a sample of pixels of the resized images. The key values are the colors as "#RRGGBB"; the annotation "Palette"
/// holds the exact centers, and "Cropping" the cropping. A row without an image gives missing tokens.
/// ]]></format>
/// </remarks>
public sealed class PaletteQuantizingEstimator : IEstimator<PaletteQuantizingTransformer>
{
    private readonly IHost _host;
    private readonly Palette? _palette;
    private readonly Options _options;

    internal PaletteQuantizingEstimator(IHostEnvironment environment, Options options, Palette? palette = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _host = HostSettings.Register(environment, nameof(PaletteQuantizingEstimator));
        _palette = palette;
        _options = options with { InputColumnName = options.InputColumnName ?? options.OutputColumnName, Colors = palette?.Count ?? options.Colors };
        _options.Check();
        _host.WarnOf(palette?.RangeWarning);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A palette must be learned, and the data contains no image.</exception>
    public PaletteQuantizingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (_palette is not null && _options.Pixels is { } pixels)
        {
            PixelVectorColumn.Require(input.Schema, _host, _options.InputColumnName!, pixels.Channels * _options.ImageSize * _options.ImageSize);
            return new PaletteQuantizingTransformer(_host, _palette, _options);
        }

        var column = ImageColumn.Require(input.Schema, _host, _options.InputColumnName!);
        var isRandom = _palette is null || _options.Cropping == ImageCropping.RandomCrop;
        var options = isRandom ? _options with { Seed = _options.Seed ?? _host.Rand.Next() } : _options;
        if (_palette is not null)
        {
            return new PaletteQuantizingTransformer(_host, _palette, options);
        }

        var (palette, learning) = PaletteLearner.Learn(_host, input, column, options);
        return new PaletteQuantizingTransformer(_host, palette, options, learning);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        if (_options.Pixels is null)
        {
            ImageColumn.Check(inputSchema, _host, _options.InputColumnName!);
        }
        else
        {
            PixelVectorColumn.Check(inputSchema, _host, _options.InputColumnName!);
        }

        var example = _palette ?? Palette.FromCenters(new float[3 * _options.Colors]); // only its size affects the schema
        return SchemaPromise.Extend(inputSchema, [QuantizedColumn.Create(_options.OutputColumnName, example, _options.ImageSize, _options.Cropping)]);
    }

    /// <summary>The advanced options of <see cref="PaletteQuantizingEstimator"/>.</summary>
    public sealed record Options
    {
        /// <summary>The column of tokens. Default "Tokens".</summary>
        public string OutputColumnName { get; init; } = "Tokens";

        /// <summary>The column of images; null means the output's name. Default "Image".</summary>
        public string? InputColumnName { get; init; } = "Image";

        /// <summary>The side of the square in pixels to which images are resized, 1 to 256; its square is the number of tokens. Default 32.</summary>
        public int ImageSize { get; init; } = 32;

        /// <summary>The number K of colors to learn, 2 to 65,535; unused if a palette is given. Default 512.</summary>
        public int Colors { get; init; } = 512;

        /// <summary>The number of pixels for k-means, drawn uniformly from all images, 1,000 to 100,000,000. Default 250,000.</summary>
        public int SampledPixels { get; init; } = 250_000;

        /// <summary>The maximum number of k-means iterations, 1 to 10,000. Default 20.</summary>
        public int MaximumNumberOfIterations { get; init; } = 20;

        /// <summary>
        /// How images are cropped to squares. Default <see cref="ImageCropping.Squash"/>, as in Hugging Face's processor. For a pretrained model, use the
        /// cropping of its training.
        /// </summary>
        public ImageCropping Cropping { get; init; } = ImageCropping.Squash;

        /// <summary>The seed of the sample, of k-means and of random crops; null uses the seed of the MLContext. Default null.</summary>
        public int? Seed { get; init; }

        /// <summary>How the input vectors hold pixels, for a given palette; null for a column of images.</summary>
        internal PixelLayout? Pixels { get; init; }

        internal void Check()
        {
            var guard = new OptionGuard()
                .Name(nameof(OutputColumnName), OutputColumnName)
                .Name(nameof(InputColumnName), InputColumnName)
                .Range(nameof(ImageSize), ImageSize, 1, 256)
                .Require(Enum.IsDefined(Cropping), nameof(Cropping), Cropping, string.Join(", ", Enum.GetNames<ImageCropping>()))
                .Range(nameof(Colors), Colors, 2, ushort.MaxValue)
                .Range(nameof(SampledPixels), SampledPixels, 1000, 100_000_000)
                .Range(nameof(MaximumNumberOfIterations), MaximumNumberOfIterations, 1, 10_000);
            Pixels?.Check(guard);
            guard.ThrowIfAny("options");
        }
    }
}
