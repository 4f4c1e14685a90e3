using IGptMl.Numerics;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The "layer norm" of Image GPT: x / sqrt(mean(x²) + 1e-5) · g. It neither centers nor adds a bias.</summary>
/// <remarks>
/// Inside the network the gain g is folded into the rows of the following matrix, or applied to an average after averaging. The result is the same up to
/// rounding and saves two passes over the activations.
/// </remarks>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _gain;

    internal RmsNorm(int size)
        : base(nameof(RmsNorm))
    {
        _gain = new Parameter(ones(size));
        RegisterComponents();
    }

    /// <summary>The gain g, (d); the norm owns it.</summary>
    internal Tensor Gain => _gain;

    /// <summary>x / sqrt(mean(x²) + ε) without the gain: (…, d) → (…, d). The mean is computed in float32 if x has a narrower type.</summary>
    internal static Tensor Scale(Tensor input)
    {
        using var wide = Widening.Widen(input);
        using var squares = wide.mul(wide);
        using var mean = squares.mean([-1], keepdim: true);
        using var shifted = mean.add_(ArchitectureConstants.NormEpsilonScalar, Scalars.One);
        using var scale = shifted.rsqrt();
        using var typed = scale.to(input.dtype);
        return input * typed;
    }

    /// <summary>(…, d) → (…, d).</summary>
    public override Tensor forward(Tensor input)
    {
        using var scaled = Scale(input);
        return scaled * _gain;
    }
}
