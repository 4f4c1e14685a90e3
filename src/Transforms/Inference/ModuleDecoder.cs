using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Continues sequences with the network's modules, on any device.</summary>
internal sealed class ModuleDecoder : IDecoder
{
    private readonly ImageGptNetwork _network;
    private readonly KeyValueCache _cache;
    private readonly torch.Device _device;

    /// <param name="network">The network, which owns the weights.</param>
    /// <param name="capacity">The maximum number of sequences.</param>
    /// <param name="device">The network's device.</param>
    internal ModuleDecoder(ImageGptNetwork network, int capacity, torch.Device device)
    {
        network.Config.Require(PretrainingObjective.Autoregressive);
        _network = network;
        _device = device;
        Capacity = capacity;
        _cache = new KeyValueCache(network.Config, capacity, network.Weights.Head.dtype, device);
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        if (from < to)
        {
            using var noGradients = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            _network.Read(Ids(tokens, rows, from, to), _cache, from);
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<ushort> tokens, int rows, int position, Span<float> logits)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var values = _network.Predict(Ids(tokens, rows, position, position + 1), _cache, position).to(torch.ScalarType.Float32).cpu(); // (B, K)
        values.data<float>().CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose() => _cache.Dispose();

    /// <summary>The input ids of the positions, (rows, to - from) int64: each position reads the token before it.</summary>
    private torch.Tensor Ids(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        var (config, count) = (_network.Config, to - from);
        var ids = new long[rows * count];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < count; i++)
            {
                var position = from + i;
                ids[(row * count) + i] = position == 0 ? config.Colors : tokens[(row * config.ContextLength) + position - 1];
            }
        }

        return torch.tensor(ids, [rows, count], device: _device);
    }
}
