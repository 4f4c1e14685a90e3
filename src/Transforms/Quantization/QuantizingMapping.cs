using IGptMl.Hosting;
using IGptMl.Images;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Quantization;

/// <summary>Maps an image to a vector of tokens.</summary>
internal sealed class QuantizingMapping : RowMapping
{
    private readonly PaletteQuantizingTransformer _transformer;
    private readonly PaletteQuantizer _quantizer;

    internal QuantizingMapping(PaletteQuantizingTransformer transformer, IHost host, string inputColumnName)
        : base(transformer, host, inputColumnName)
    {
        _transformer = transformer;
        _quantizer = new PaletteQuantizer(transformer.Palette);
        Definitions = [QuantizedColumn.Create(transformer.OutputColumnName, transformer.Palette, transformer.ImageSize, transformer.Cropping)];
    }

    internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions { get; }

    internal override DataViewSchema.Column FindInput(DataViewSchema schema) => ImageColumn.Require(schema, Host, InputColumnName);

    internal override NotSupportedException WhyNotOnnx => OnnxRefusal.Of(Definitions,
        $"Its input '{InputColumnName}' is a column of images, which ONNX has no type for: start from the column "
        + $"'{_transformer.OutputColumnName}', or quantize a vector of pixels (ExtractPixels, then QuantizeToPalette with a PixelLayout).");

    internal override Delegate CreateGetter(DataViewRow input, int output)
    {
        var context = _transformer.ImageSize * _transformer.ImageSize;
        var images = new ResizedImages(input, FindInput(input.Schema), _transformer.ImageSize, _transformer.Cropping, _transformer.Seed);

        void Get(ref VBuffer<ushort> value) => QuantizedColumn.Write(ref value, context, _quantizer, images.TryRead(out var pixels) ? pixels : []);

        return (ValueGetter<VBuffer<ushort>>)Get;
    }
}
