using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The "layer norm" of Image GPT: x / sqrt(mean(x²) + 1e-5) · g. It neither centres nor adds a bias.</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    internal const double Epsilon = 1e-5;

    [ComponentName(Name = "weight")]
    private readonly Parameter _gain;

    internal RmsNorm(int size)
        : base(nameof(RmsNorm))
    {
        _gain = new Parameter(ones(size));
        RegisterComponents();
    }

    /// <summary>(…, d) float32 → the same shape.</summary>
    public override Tensor forward(Tensor input) => FusedOperations.RmsNorm(input, _gain);
}
