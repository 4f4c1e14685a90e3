using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>A linear layer without bias, stored (in, out) as the released weights store it.</summary>
internal sealed class Projection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    internal Projection(int inputSize, int outputSize, double standardDeviation, Generator? generator)
        : base(nameof(Projection))
    {
        _weight = new Parameter(Initial.Normal([inputSize, outputSize], standardDeviation, generator));
        RegisterComponents();
    }

    /// <summary>The matrix, (in, out); the layer owns it.</summary>
    internal Tensor Weight => _weight;

    /// <summary>(…, in) → (…, out).</summary>
    public override Tensor forward(Tensor input) => LinearProduct.Apply(input, _weight);

    /// <summary>The layer's output for factor · gain · input: (…, in) → (…, out).</summary>
    /// <remarks>The factors are folded into the matrix or the input, whichever is smaller.</remarks>
    internal Tensor Forward(Tensor input, Tensor gain, Scalar? factor = null)
    {
        using var factors = factor is null ? gain.alias() : gain.mul(factor);
        if (input.numel() < _weight.numel())
        {
            using var scaled = input * factors;
            return LinearProduct.Apply(scaled, _weight);
        }

        using var column = factors.unsqueeze(1);
        using var weight = _weight * column;
        return LinearProduct.Apply(input, weight);
    }

    /// <summary>The layer's output for factor · input: (…, in) → (…, out).</summary>
    /// <remarks>The factor is folded into the matrix or the input, whichever is smaller.</remarks>
    internal Tensor Forward(Tensor input, Scalar factor)
    {
        var isInputSmaller = input.numel() < _weight.numel();
        using var scaled = isInputSmaller ? input.mul(factor) : input.alias();
        using var weight = isInputSmaller ? _weight.alias() : _weight.mul(factor);
        return LinearProduct.Apply(scaled, weight);
    }
}
