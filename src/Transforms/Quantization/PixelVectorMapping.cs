using IGptMl.Export;
using IGptMl.Hosting;
using IGptMl.Onnx;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Quantization;

/// <summary>Maps a vector of pixels, as ExtractPixels outputs it, to a vector of tokens.</summary>
/// <remarks>
/// A number x is the channel value round(x / scale + offset), halves to even, limited to 0 to 255: the value that <c>ExtractPixels</c> made x from, in spite
/// of rounding. A row with NaN gives missing tokens.
/// </remarks>
internal sealed class PixelVectorMapping : RowMapping
{
    private readonly PaletteQuantizingTransformer _transformer;
    private readonly PixelLayout _layout;
    private readonly PaletteQuantizer _quantizer;
    private readonly int _pixels;

    internal PixelVectorMapping(PaletteQuantizingTransformer transformer, PixelLayout layout, IHost host, string inputColumnName)
        : base(transformer, host, inputColumnName)
    {
        _transformer = transformer;
        _layout = layout;
        _quantizer = new PaletteQuantizer(transformer.Palette);
        _pixels = transformer.ImageSize * transformer.ImageSize;
        Definitions = [QuantizedColumn.Create(transformer.OutputColumnName, transformer.Palette, transformer.ImageSize, transformer.Cropping)];
    }

    internal override IEnumerable<DataViewSchema.DetachedColumn> Definitions { get; }

    internal override NotSupportedException? WhyNotOnnx => null;

    internal override DataViewSchema.Column FindInput(DataViewSchema schema)
        => PixelVectorColumn.Require(schema, Host, InputColumnName, _layout.Channels * _pixels);

    internal override Delegate CreateGetter(DataViewRow input, int output)
    {
        var column = FindInput(input.Schema);
        return ((VectorDataViewType)column.Type).ItemType == NumberDataViewType.Byte
            ? CreateGetter<byte>(input, column, value => value)
            : CreateGetter<float>(input, column, ToChannel);
    }

    internal override IReadOnlyList<string> AddTo(OnnxGraph graph, string input, DataViewSchema.Column column)
    {
        var shape = _layout.InterleavePixelColors ? (long[])[0, _pixels, _layout.Channels] : [0, _layout.Channels, _pixels];
        var numbers = graph.Reshape(graph.Cast(input, OnnxType.Float), shape);
        var axis = _layout.InterleavePixelColors ? 2 : 1;
        string? isMissing = null;
        if (((VectorDataViewType)column.Type).ItemType == NumberDataViewType.Single)
        {
            var isNaN = graph.Node("IsNaN", [numbers]);
            var any = graph.Reduce("ReduceMax", graph.Reshape(graph.Cast(isNaN, OnnxType.Float), 0, _layout.Channels * _pixels), 1, keeps: true);
            isMissing = graph.Binary("Greater", any, graph.Number(0));
            var finite = graph.Node("Where", [isNaN, graph.Number(0), numbers]);
            var values = graph.Binary("Add", graph.Binary("Div", finite, graph.Number(_layout.ScaleImage)), graph.Number(_layout.OffsetImage));
            numbers = graph.Node("Max", [graph.Node("Min", [graph.Node("Round", [values]), graph.Number(255)]), graph.Number(0)]);
        }

        var units = graph.Add("channel_units", OnnxTensor.Of(Palette.ChannelUnits.ToArray(), 256));
        var tokens = PixelGraph.Nearest(graph, Channel('R'), Channel('G'), Channel('B'), _transformer.Palette);
        var keys = graph.Binary("Add", tokens, graph.Integers(1));
        keys = isMissing is null ? keys : graph.Node("Where", [isMissing, graph.Integers(0), keys]);
        return [graph.Cast(keys, OnnxType.UInt16)];

        string Channel(char letter)
        {
            var position = _layout.Find(letter);
            var channel = graph.Reshape(graph.Slice(numbers, axis, position, position + 1), 0, _pixels, 1);
            return graph.Node("Gather", [units, graph.Cast(channel, OnnxType.Int64)], ("axis", 0L));
        }
    }

    /// <summary>The channel value of a number; -1 for NaN.</summary>
    private int ToChannel(float number)
        => float.IsNaN(number) ? -1 : (int)Math.Clamp(MathF.Round((number / _layout.ScaleImage) + _layout.OffsetImage), 0, 255);

    private ValueGetter<VBuffer<ushort>> CreateGetter<T>(DataViewRow input, DataViewSchema.Column column, Func<T, int> toChannel)
    {
        var getter = input.GetGetter<VBuffer<T>>(column);
        var vector = default(VBuffer<T>);
        var numbers = new T[_layout.Channels * _pixels];
        var rgb = new byte[3 * _pixels];
        var (pixelStep, channelStep) = _layout.InterleavePixelColors ? (_layout.Channels, 1) : (1, _pixels);
        int[] starts = [.. "RGB".Select(letter => _layout.Find(letter) * channelStep)];

        return (ref VBuffer<ushort> value) =>
        {
            getter(ref vector);
            QuantizedColumn.Write(ref value, _pixels, _quantizer, vector.Length == numbers.Length && TryRead() ? rgb : []);
        };

        bool TryRead()
        {
            vector.CopyTo(numbers); // which may be sparse
            for (var channel = 0; channel < 3; channel++)
            {
                for (var pixel = 0; pixel < _pixels; pixel++)
                {
                    var number = toChannel(numbers[starts[channel] + (pixel * pixelStep)]);
                    if (number < 0)
                    {
                        return false;
                    }

                    rgb[(3 * pixel) + channel] = (byte)number;
                }
            }

            return true;
        }
    }
}
