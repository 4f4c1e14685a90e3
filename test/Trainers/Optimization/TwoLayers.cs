using IGptMl.Optimization;
using TorchSharp;
using TorchSharp.Modules;

namespace IGptMl.Tests.Optimization;

/// <summary>A module with a matrix and a vector that learns a fixed map. The input of a step is a pure function of its number.</summary>
internal sealed class TwoLayers : torch.nn.Module
{
    private readonly Parameter _matrix;
    private readonly Parameter _vector;

    internal TwoLayers(int size = 5, int seed = 1)
        : base(nameof(TwoLayers))
    {
        using var generator = new torch.Generator((ulong)seed);
        _matrix = new Parameter(torch.randn([size, size], generator: generator));
        _vector = new Parameter(torch.ones(size));
        RegisterComponents();
    }

    internal float[] Values => [.. parameters().SelectMany(p => p.data<float>().ToArray())];

    /// <summary>The loss on inputs that are drawn for a step and part.</summary>
    internal torch.Tensor Loss(BatchPart part) => Loss(part, rows: 4);

    internal torch.Tensor Loss(BatchPart part, int rows)
    {
        using var generator = new torch.Generator((ulong)((part.Step * 1000) + part.Index));
        using var input = torch.randn([rows, _matrix.shape[0]], generator: generator);
        return Loss(input);
    }

    internal torch.Tensor Loss(torch.Tensor input)
    {
        using var scope = torch.NewDisposeScope();
        var typed = input.to(_matrix.dtype);
        var output = typed.matmul(_matrix) * _vector;
        return (output - typed.sin()).to(torch.ScalarType.Float32).square().mean().MoveToOuterDisposeScope();
    }
}
