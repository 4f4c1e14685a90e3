using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>A linear map without bias, stored (in, out) as the released weights store it.</summary>
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

    /// <summary>(…, in) → (…, out).</summary>
    public override Tensor forward(Tensor input) => matmul(input, _weight);
}
