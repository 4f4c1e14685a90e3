using IGptMl.Hosting;
using IGptMl.Network;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Features;

/// <summary>Runs the network up to the deepest layer asked for.</summary>
internal sealed class FeatureMapping : BatchedMapping
{
    private const int WidestBytes = 16 << 20;

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
        var part = device.type == TorchSharp.DeviceType.CPU ? CpuRows : rows;
        for (var first = 0; first < rows; first += part)
        {
            var count = Math.Min(part, rows - first);
            Compute(tokens.Slice(first * ContextLength, count * ContextLength), count, device, numbers.Slice(first * Width, count * Width));
        }
    }

    /// <summary>
    /// The rows that a CPU gets at once. Where its widest tensor, (rows, T, 4d), outgrows what the C library keeps for the next one, every tensor is
    /// memory that the system has to clear first, which costs more than a larger matrix product gains.
    /// </summary>
    private int CpuRows => (int)Math.Max(1, WidestBytes / (4L * _model.Config.EmbeddingSize * ContextLength * sizeof(float)));

    private void Compute(ReadOnlySpan<ushort> tokens, int rows, torch.Device device, Span<float> numbers)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        using var input = TokenTensor.Create(tokens, rows, device);
        using var features = _model.On(device).Features(input, _layers, _masking?.Draw(tokens, rows)); // (rows, layers, d)
        using var host = features.cpu();
        host.data<float>().CopyTo(numbers);
    }
}
