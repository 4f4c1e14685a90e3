using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// Multi-head self-attention. In an autoregressive network a position attends to itself and the positions before it; in a masked network, to all positions.
/// </summary>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "c_attn")]
    private readonly Projection _queriesKeysValues;

    [ComponentName(Name = "c_proj")]
    private readonly Projection _output;

    private readonly int _heads;
    private readonly bool _isCausal;

    internal SelfAttention(ImageGptConfig config, Generator? generator)
        : base(nameof(SelfAttention))
    {
        var d = config.EmbeddingSize;
        _heads = config.Heads;
        _isCausal = config.Objective == PretrainingObjective.Autoregressive;
        _queriesKeysValues = new Projection(d, 3 * d, 1 / Math.Sqrt(d), generator);
        _output = new Projection(d, d, 1 / Math.Sqrt((double)d * config.Layers), generator); // the only matrix scaled by the depth
        RegisterComponents();
    }

    internal Tensor QueriesKeysValues => _queriesKeysValues.Weight;

    internal Tensor Output => _output.Weight;

    /// <summary>Maps normed input without gain (B, T, d), and the gain (d) of its norm, to (B, T, d).</summary>
    public override Tensor forward(Tensor input, Tensor gain)
    {
        using var projected = Project(input, gain);
        using var attended = Attend(projected);
        return Finish(attended);
    }

    /// <summary>Projects normed input without gain (B, T, d), with the gain (d) of its norm, to concatenated queries, keys and values (B, T, 3d).</summary>
    private Tensor Project(Tensor input, Tensor gain) => _queriesKeysValues.Forward(input, gain);

    /// <summary>Concatenated queries, keys and values (B, T, 3d) → attended values (B, T, d), by libtorch's fused kernel, which autograd supports.</summary>
    private Tensor Attend(Tensor projected)
    {
        var (q, k, v) = Split(projected);
        using (q)
        using (k)
        using (v)
        {
            using var attended = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: _isCausal); // scaled by 1/sqrt(d/H)
            return Merge(attended);
        }
    }

    /// <summary>Applies the output projection: attended values (B, T, d) → (B, T, d).</summary>
    private Tensor Finish(Tensor attended) => _output.forward(attended);

    /// <summary>
    /// Runs the positions from <paramref name="from"/> on and appends them to the cache, which holds the earlier positions: normed input without gain (B, t,
    /// d), and the gain (d) of its norm → (B, t, d).
    /// </summary>
    internal Tensor Read(Tensor input, Tensor gain, KeyValueCache cache, int layer, int from)
    {
        using var projected = Project(input, gain);
        var (q, k, v) = Split(projected);
        using (q)
        using (k)
        using (v)
        {
            var count = input.shape[1];
            var (keys, values) = cache.Append(layer, from, k, v);
            using (keys)
            using (values)
            {
                using var all = count == 1 ? null : ones([count, from + count], ScalarType.Bool, input.device);
                using var visible = all?.tril(from); // a position attends to itself and those before it
                using var attended = nn.functional.scaled_dot_product_attention(q, keys, values, visible);
                using var merged = Merge(attended);
                return Finish(merged);
            }
        }
    }

    /// <summary>(B, T, 3d) → queries, keys and values, each (B, H, T, d/H).</summary>
    private (Tensor Queries, Tensor Keys, Tensor Values) Split(Tensor projected)
    {
        using var split = projected.view(projected.shape[0], projected.shape[1], 3, _heads, projected.shape[2] / 3 / _heads);
        using var heads = split.permute(2, 0, 3, 1, 4); // (3, B, H, T, d/H)
        var parts = heads.unbind(); // one backward operation for all three; indexing would add three gradients of full size
        return (parts[0], parts[1], parts[2]);
    }

    /// <summary>(B, H, T, d/H) → (B, T, d).</summary>
    private static Tensor Merge(Tensor attended)
    {
        using var transposed = attended.transpose(1, 2);
        return transposed.reshape(transposed.shape[0], transposed.shape[1], transposed.shape[2] * transposed.shape[3]);
    }
}
