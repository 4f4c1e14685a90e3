using TorchSharp;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The two elementwise formulas of the network.</summary>
internal static class FusedOperations
{
    /// <summary>x / sqrt(mean(x²) + ε) · g.</summary>
    internal static Tensor RmsNorm(Tensor input, Tensor gain)
    {
        using var squares = input.square();
        using var mean = squares.mean([-1], keepdim: true);
        using var shifted = mean + Network.RmsNorm.Epsilon;
        using var scale = shifted.rsqrt();
        using var normed = input * scale;
        return normed * gain;
    }

    /// <summary>x · sigmoid(1.702 x).</summary>
    internal static Tensor QuickGelu(Tensor input)
    {
        using var scaled = input * 1.702;
        using var gate = scaled.sigmoid();
        return input * gate;
    }
}
