using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Runs the network's modules in libtorch, on any device.</summary>
internal sealed class ModuleExecutor : ImageGptExecutor
{
    /// <summary>
    /// The maximum size in bytes of the widest activations, (B, T, 4d), on a CPU. Larger tensors would be mapped and zeroed by the system for every operation.
    /// </summary>
    private const int CpuBytes = 16 << 20;

    /// <summary>The maximum size on a GPU, which needs large products for full utilization.</summary>
    private const int GpuBytes = 1 << 30;

    private const int MaxDecodingRows = 128;

    private readonly ImageGptNetwork _network;
    private readonly torch.Device _device;
    private readonly int _rowsAtOnce;

    internal ModuleExecutor(ImageGptNetwork network, torch.Device device)
        : base(network.Config)
    {
        _network = network;
        _device = device;
        var bytesPerRow = 4L * Config.EmbeddingSize * Config.ContextLength * sizeof(float);
        _rowsAtOnce = (int)Math.Max(1, (device.type == DeviceType.CPU ? CpuBytes : GpuBytes) / bytesPerRow);
    }

    /// <inheritdoc/>
    internal override int DecodingThreads => 1;

    /// <inheritdoc/>
    internal override int DecodingRows => MaxDecodingRows;

    /// <inheritdoc/>
    internal override void Features(ReadOnlySpan<ushort> tokens, int rows, IReadOnlyList<int> layers, TokenMask? mask, Span<float> features)
    {
        using var noGradients = torch.no_grad();
        var width = layers.Count * Config.EmbeddingSize;
        for (var first = 0; first < rows; first += _rowsAtOnce)
        {
            var count = Math.Min(_rowsAtOnce, rows - first);
            using var scope = torch.NewDisposeScope();
            var input = TokenTensor.Create(Part(tokens, first, count), count, _device);
            var values = _network.Features(input, layers, mask?.Part(first, count)).cpu().to(torch.ScalarType.Float32);
            values.data<float>().CopyTo(features.Slice(first * width, count * width));
        }
    }

    /// <inheritdoc/>
    internal override void NegativeLogLikelihood(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> nats)
    {
        Require(mask);
        using var noGradients = torch.no_grad();
        for (var first = 0; first < rows; first += _rowsAtOnce)
        {
            var count = Math.Min(_rowsAtOnce, rows - first);
            using var scope = torch.NewDisposeScope();
            var input = TokenTensor.Create(Part(tokens, first, count), count, _device);
            var target = nats.Slice(first * Config.ContextLength, count * Config.ContextLength);
            if (mask?.Part(first, count) is { } hidden)
            {
                var losses = _network.NegativeLogLikelihood(input, hidden).cpu().data<float>().ToArray();
                Scatter(losses, hidden, target);
            }
            else
            {
                _network.NegativeLogLikelihood(input).cpu().data<float>().CopyTo(target);
            }
        }
    }

    /// <inheritdoc/>
    internal override IDecoder CreateDecoder(int capacity) => new ModuleDecoder(_network, capacity, _device);

    private ReadOnlySpan<ushort> Part(ReadOnlySpan<ushort> tokens, int first, int count)
        => tokens.Slice(first * Config.ContextLength, count * Config.ContextLength);

    /// <summary>Scatters the losses of the hidden tokens, in order, to their positions; NaN elsewhere.</summary>
    private static void Scatter(ReadOnlySpan<float> losses, TokenMask mask, Span<float> nats)
    {
        var next = 0;
        for (var row = 0; row < mask.Rows; row++)
        {
            var hidden = mask[row];
            for (var position = 0; position < hidden.Length; position++)
            {
                nats[(row * hidden.Length) + position] = hidden[position] ? losses[next++] : float.NaN;
            }
        }
    }
}
