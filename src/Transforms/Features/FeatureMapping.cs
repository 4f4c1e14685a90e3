using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;

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
}
