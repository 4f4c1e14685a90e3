using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The MLP of a block: d → 4d, quick-GELU x · sigmoid(1.702 x), 4d → d.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>From the released code: neither matrix is scaled by the depth.</summary>
    private const double StandardDeviation = 0.02;

    [ComponentName(Name = "c_fc")]
    private readonly Projection _expand;

    [ComponentName(Name = "c_proj")]
    private readonly Projection _contract;

    internal FeedForward(ImageGptConfig config, Generator? generator)
        : base(nameof(FeedForward))
    {
        var d = config.EmbeddingSize;
        _expand = new Projection(d, 4 * d, StandardDeviation, generator);
        _contract = new Projection(4 * d, d, StandardDeviation, generator);
        RegisterComponents();
    }

    internal Tensor Expand => _expand.Weight;

    internal Tensor Contract => _contract.Weight;

    /// <summary>Maps normed input without gain (B, T, d), and the gain (d) of its norm, to (B, T, d).</summary>
    public override Tensor forward(Tensor input, Tensor gain)
    {
        // x · sigmoid(1.702 x) = silu(1.702 x) / 1.702. SiLU is one kernel in each direction, and the factors are folded into the matrices.
        using var expanded = _expand.Forward(input, gain, ArchitectureConstants.GeluScalar);
        using var activated = nn.functional.silu(expanded, inplace: !is_grad_enabled()); // in place, as this is the widest tensor of the network
        return _contract.Forward(activated, ArchitectureConstants.InverseGeluScalar);
    }
}
