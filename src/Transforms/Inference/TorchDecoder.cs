using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>Continues sequences by libtorch, on any device: for GPUs, and for models so large that the products outweigh the calls.</summary>
internal sealed class TorchDecoder : IDecoder
{
    private const double Epsilon = 1e-5;

    private readonly ImageGptConfig _config;
    private readonly Device _device;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly Tensor[] _keys; // of each layer (capacity, H, T, d/H)
    private readonly Tensor[] _values;

    /// <param name="network">The network, to which the weights belong.</param>
    /// <param name="capacity">The greatest number of sequences.</param>
    /// <param name="device">The device that the network is on.</param>
    internal TorchDecoder(ImageGptNetwork network, int capacity, Device device)
    {
        _config = network.Config;
        _device = device;
        Capacity = capacity;
        _weights = network.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        _keys = CreateCache();
        _values = CreateCache();
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        if (from < to)
        {
            using var noGradients = no_grad();
            using var scope = NewDisposeScope();
            Run(tokens, rows, from, to);
        }
    }

    /// <inheritdoc/>
    public void Predict(ReadOnlySpan<ushort> tokens, int rows, int position, Span<float> logits)
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var hidden = Run(tokens, rows, position, position + 1);
        var values = Normalize(hidden, "transformer.ln_f").matmul(_weights["lm_head.weight"].t()).to(ScalarType.Float32).cpu(); // (B, 1, K)
        values.data<float>().CopyTo(logits);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _keys.Concat(_values))
        {
            tensor.Dispose();
        }
    }

    /// <summary>The hidden states of the positions: (B, to - from, d). The caller's dispose scope owns all that is made here.</summary>
    private Tensor Run(ReadOnlySpan<ushort> tokens, int rows, int from, int to)
    {
        var (d, count) = (_config.EmbeddingSize, to - from);
        var ids = new long[rows * count];
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < count; i++)
            {
                var position = from + i;
                ids[(row * count) + i] = position == 0 ? _config.Colors : tokens[(row * _config.ContextLength) + position - 1];
            }
        }

        using var flat = tensor(ids, device: _device);
        var hidden = _weights["transformer.wte.weight"].index_select(0, flat).view(rows, count, d) + _weights["transformer.wpe.weight"].narrow(0, from, count);
        for (var l = 0; l < _config.Layers; l++)
        {
            using var scope = NewDisposeScope();
            var block = $"transformer.h.{l}.";
            var projected = Normalize(hidden, block + "ln_1").matmul(_weights[block + "attn.c_attn.weight"]);
            var middle = hidden + Attend(l, projected, rows, from, to).matmul(_weights[block + "attn.c_proj.weight"]);
            var expanded = Normalize(middle, block + "ln_2").matmul(_weights[block + "mlp.c_fc.weight"]);
            var activated = expanded * (expanded * FeedForward.GeluFactor).sigmoid();
            hidden = (middle + activated.matmul(_weights[block + "mlp.c_proj.weight"])).MoveToOuterDisposeScope();
        }

        return hidden;
    }

    /// <summary>Stores the keys and values of the positions, and attends to all up to each: (B, t, 3d) → (B, t, d).</summary>
    private Tensor Attend(int layer, Tensor projected, int rows, int from, int to)
    {
        var (d, count) = (_config.EmbeddingSize, to - from);
        var parts = projected.view(rows, count, 3, _config.Heads, d / _config.Heads).permute(2, 0, 3, 1, 4).unbind(); // of (B, H, t, d/H)
        _keys[layer].narrow(0, 0, rows).narrow(2, from, count).copy_(parts[1]);
        _values[layer].narrow(0, 0, rows).narrow(2, from, count).copy_(parts[2]);
        var (keys, values) = (_keys[layer].narrow(0, 0, rows).narrow(2, 0, to), _values[layer].narrow(0, 0, rows).narrow(2, 0, to));
        var mask = count == 1 ? null : ones([count, to], ScalarType.Bool, _device).tril(from); // a position sees itself and those before it
        var attended = nn.functional.scaled_dot_product_attention(parts[0], keys, values, mask);
        return attended.transpose(1, 2).reshape(rows, count, d);
    }

    private Tensor Normalize(Tensor hidden, string name)
    {
        var scale = hidden.square().mean([-1], keepdim: true).add_(Epsilon).rsqrt_();
        return hidden * scale * _weights[$"{name}.weight"];
    }

    private Tensor[] CreateCache()
    {
        long[] shape = [Capacity, _config.Heads, _config.ContextLength, _config.EmbeddingSize / _config.Heads];
        var type = _weights["lm_head.weight"].dtype;
        return [.. Enumerable.Range(0, _config.Layers).Select(_ => zeros(shape, type, _device).DetachFromDisposeScope())];
    }
}
