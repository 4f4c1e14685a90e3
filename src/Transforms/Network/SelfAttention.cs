using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Multi-head self-attention. In an autoregressive network a position sees itself and the positions before it, in a masked one all positions.</summary>
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

    /// <summary>Scaled input (B, T, d) and the gain (d) of its norm → (B, T, d).</summary>
    public override Tensor forward(Tensor input, Tensor gain)
    {
        using var projected = _queriesKeysValues.Forward(input, gain);
        using var attended = CpuAttention.Supports(projected, _heads) ? CpuAttention.Attend(projected, _heads, _isCausal) : Attend(projected);
        return _output.forward(attended);
    }

    /// <summary>Queries, keys and values side by side (B, T, 3d) → (B, T, d), through libtorch's fused kernel.</summary>
    private Tensor Attend(Tensor projected)
    {
        var (b, t, d) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        using var split = projected.view(b, t, 3, _heads, d / _heads);
        using var heads = split.permute(2, 0, 3, 1, 4); // (3, B, H, T, d/H)
        var parts = heads.unbind(); // one backward for the three, where indexing would add three gradients of full size
        using var q = parts[0];
        using var k = parts[1];
        using var v = parts[2];
        using var attended = nn.functional.scaled_dot_product_attention(q, k, v, is_casual: _isCausal); // scaled by 1/sqrt(d/H)
        using var transposed = attended.transpose(1, 2);
        return transposed.reshape(b, t, d);
    }
}
