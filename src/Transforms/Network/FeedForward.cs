using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The two-layer perceptron of a block: d → 4d, quick-GELU, 4d → d.</summary>
internal sealed class FeedForward : nn.Module<Tensor, Tensor>
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

    /// <summary>(B, T, d) → (B, T, d).</summary>
    public override Tensor forward(Tensor input)
    {
        using var expanded = _expand.forward(input);
        using var activated = FusedOperations.QuickGelu(expanded);
        return _contract.forward(activated);
    }
}
