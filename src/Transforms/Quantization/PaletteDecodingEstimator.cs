using IGptMl.Hosting;
using IGptMl.Numerics;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary><see cref="IEstimator{TTransformer}"/> for <see cref="PaletteDecodingTransformer"/>: converts sequences of palette colors back to images.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// ###  Estimator Characteristics
/// |  |  |
/// | -- | -- |
/// | Does this estimator need to look at the data to train its parameters? | No, but it uses the palette of the token column unless it is given one |
/// | Input column data type | Known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), whose length is a square |
/// | Output column data type | <xref:Microsoft.ML.Data.MLImage> |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Transforms, Microsoft.ML.ImageAnalytics |
/// | Exportable to ONNX | No |
///
/// Each token becomes a pixel of its color's center c in [-1, 1], as round(127.5 (c + 1)), in raster order. This inverts QuantizeToPalette, except for the
/// resolution and the quantization of colors. A row with missing tokens gives no image.
/// ]]></format>
/// </remarks>
public sealed class PaletteDecodingEstimator : IEstimator<PaletteDecodingTransformer>
{
    private readonly IHost _host;
    private readonly string _outputColumnName;
    private readonly string _inputColumnName;
    private readonly Palette? _palette;

    internal PaletteDecodingEstimator(IHostEnvironment environment, string outputColumnName, string inputColumnName, Palette? palette)
    {
        _host = HostSettings.Register(environment, nameof(PaletteDecodingEstimator));
        new OptionGuard().Name(nameof(outputColumnName), outputColumnName).Name(nameof(inputColumnName), inputColumnName).ThrowIfAny("options");
        (_outputColumnName, _inputColumnName, _palette) = (outputColumnName, inputColumnName, palette);
        _host.WarnOf(palette?.RangeWarning);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No palette was given, and the token column has no palette annotation.</exception>
    public PaletteDecodingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = TokenColumn.Require(input.Schema, _host, _inputColumnName, _palette?.Count, null);
        var palette = _palette ?? QuantizedColumn.FindPalette(column)
            ?? throw new InvalidOperationException(
                $"Column '{_inputColumnName}' has no annotation with the palette of its tokens. Pass the palette to DecodeFromPalette.");
        var transformer = new PaletteDecodingTransformer(_host, _outputColumnName, _inputColumnName, palette);
        transformer.GetOutputSchema(input.Schema);
        return transformer;
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _inputColumnName);
        return SchemaPromise.Extend(inputSchema, [ImageColumn.Define(_outputColumnName)]); // the size is not known without data
    }
}
