using IGptMl.Hosting;
using IGptMl.Network;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Features;

/// <summary>Runs the network up to the deepest layer asked for.</summary>
internal sealed class FeatureMapping : BatchedMapping
{
    private readonly ImageGptModel _model;
    private readonly ImageGptFeatureExtractingEstimator.Options _options;
    private readonly int[] _layers;
    private readonly TokenMasking? _masking;

    internal FeatureMapping(IHost host, ImageGptModel model, ImageGptFeatureExtractingEstimator.Options options)
        : base(host, options.InputColumnName, options.BatchSize)
    {
        _model = model;
        _options = options;
        _layers = [.. options.Columns.SelectMany(c => c.Layers)];
        _masking = TokenMasking.Of(model.Config, options.Masking);
        Columns = FeatureColumns.Create(model.Config, options.Columns);
    }

    internal override int Colors => _model.Config.Colors;

    internal override int ContextLength => _model.Config.ContextLength;

    internal override int Width => _layers.Length * _model.Config.EmbeddingSize;

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        var device = DeviceChoice.Resolve(Host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var input = TokenTensor.Create(tokens, rows, device);
        using var features = _model.On(device).Features(input, _layers, _masking?.Draw(tokens, rows)); // (rows, layers, d)
        using var host = features.cpu();
        host.data<float>().CopyTo(numbers);
    }
}
