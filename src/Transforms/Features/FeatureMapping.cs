using IGptMl.Export;
using IGptMl.Hosting;
using IGptMl.Onnx;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Features;

/// <summary>Runs the network up to the deepest requested layer.</summary>
internal sealed class FeatureMapping : BatchedMapping
{
    private readonly ImageGptModel _model;
    private readonly ImageGptFeatureExtractingEstimator.Options _options;
    private readonly int[] _layers;
    private readonly TokenMasking? _masking;

    internal FeatureMapping(IHost host, ImageGptModel model, ImageGptFeatureExtractingEstimator.Options options)
        : base(host, options.InputColumnName, options.BatchSize, model.Config.Colors, model.Config.ContextLength)
    {
        _model = model;
        _options = options;
        _layers = [.. options.Columns.SelectMany(c => c.Layers)];
        _masking = TokenMasking.Of(model.Config, options.Masking);
        Columns = FeatureColumns.Create(model.Config, options.Columns);
    }

    internal override int Width => _layers.Length * _model.Config.EmbeddingSize;

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override DataViewSchema.Column FindInput(DataViewSchema schema)
    {
        var column = base.FindInput(schema);
        if (_options.ChecksPalette && _model.Palette is { } palette)
        {
            TokenColumn.RequirePalette(column, Host, palette.Centers.Span);
        }

        return column;
    }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        using var lease = _model.Lease(DeviceChoice.Resolve(Host, _options.GpuDeviceId, _options.FallbackToCpu));
        lease.Executor.Features(tokens, rows, _layers, _masking?.Draw(tokens, rows), numbers);
    }

    internal override IReadOnlyList<string> AddTo(OnnxGraph graph, string tokens)
    {
        if (_masking is { Probability: > 0 })
        {
            throw OnnxRefusal.Of(Definitions, "It hides tokens from a masked model at random; set Masking to TokenMasking.None to hide none.");
        }

        using var lease = _model.Lease(torch.CPU);
        var all = new NetworkGraph(graph, _model.Config, lease.Network.Weights).Features(tokens, null, _layers);
        var values = new List<string>();
        var start = 0;
        foreach (var column in _options.Columns)
        {
            var length = column.Layers.Count * _model.Config.EmbeddingSize;
            values.Add(length == Width ? all : graph.Slice(all, 1, start, start + length));
            start += length;
        }

        return values;
    }
}
