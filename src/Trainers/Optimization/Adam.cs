using System.Numerics;
using System.Runtime.InteropServices;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>Adam (Kingma and Ba 2015) on flat buffers, with decoupled weight decay of the matrices.</summary>
/// <remarks>
/// On the CPU a step is one pass over the four buffers, divided among threads into chunks that do not depend on the number of threads. libtorch's optimizer
/// needs a dozen passes and allocates memory for most of them (the benchmark `optimizer-step` compares them). On other devices a step is a few in-place
/// operations.
/// </remarks>
internal sealed class Adam : IDisposable
{
    /// <summary>The paper's values; β₂ = 0.999 caused spikes in the loss.</summary>
    private const double Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8;

    private const long PieceSize = 1 << 16;

    private readonly FlatParameters _parameters;
    private readonly double _weightDecay;
    private readonly long _start;
    private readonly List<Piece> _pieces = [];

    /// <param name="parameters">The parameters; the caller still owns them.</param>
    /// <param name="weightDecay">The decoupled weight decay of the matrices, as a fraction per step at learning rate 1.</param>
    /// <param name="inPieces">Whether steps run in chunks, which requires the CPU; null means on the CPU only.</param>
    /// <param name="start">The index of the first parameter to update; those before it have another optimizer.</param>
    internal Adam(FlatParameters parameters, double weightDecay = 0, bool? inPieces = null, long start = 0)
    {
        _parameters = parameters;
        _weightDecay = weightDecay;
        _start = start;
        FirstMoments = torch.zeros(parameters.Count - start, torch.ScalarType.Float32, parameters.Values.device).DetachFromDisposeScope();
        SecondMoments = torch.zeros_like(FirstMoments).DetachFromDisposeScope();
        if (inPieces ?? parameters.Values.device_type == DeviceType.CPU)
        {
            AddPieces(start, parameters.MatrixCount, decays: true);
            AddPieces(parameters.MatrixCount, parameters.Count, decays: false);
        }
    }

    /// <summary>The exponential moving averages of the gradients, one per parameter from the first to update on.</summary>
    internal torch.Tensor FirstMoments { get; }

    /// <summary>The exponential moving averages of the squared gradients, as long.</summary>
    internal torch.Tensor SecondMoments { get; }

    /// <summary>The state, which checkpoints contain.</summary>
    internal IReadOnlyList<OptimizerBuffer> Buffers => [new("first_moments", FirstMoments, _start), new("second_moments", SecondMoments, _start)];

    /// <summary>Updates the parameters with the gradients times <paramref name="gradientFactor"/>, and zeroes the gradients. Steps are 1-based.</summary>
    internal void Step(long step, double rate, double gradientFactor)
    {
        var numbers = new Numbers(
            (float)(rate / (1 - Math.Pow(Beta1, step))),
            (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))),
            (float)gradientFactor,
            (float)(1 - (rate * _weightDecay)));
        if (_pieces.Count > 0)
        {
            Parallel.ForEach(_pieces, piece => Step(piece, numbers));
        }
        else
        {
            StepWhole(numbers);
        }
    }

    public void Dispose()
    {
        foreach (var piece in _pieces)
        {
            piece.Dispose();
        }

        FirstMoments.Dispose();
        SecondMoments.Dispose();
    }

    /// <summary>A step on any device, by operations on the whole buffers.</summary>
    private void StepWhole(Numbers numbers)
    {
        using var noGradients = torch.no_grad();
        var length = _parameters.Count - _start;
        using var values = _parameters.Values.narrow(0, _start, length);
        using var gradients = _parameters.Gradients.narrow(0, _start, length);
        if (numbers.GradientFactor != 1)
        {
            using Scalar factor = numbers.GradientFactor;
            gradients.mul_(factor);
        }

        if (numbers.Kept != 1)
        {
            using var matrices = values.narrow(0, 0, _parameters.MatrixCount - _start);
            using Scalar kept = numbers.Kept;
            matrices.mul_(kept);
        }

        using Scalar beta1 = (float)Beta1, newShare1 = (float)(1 - Beta1), beta2 = (float)Beta2, newShare2 = (float)(1 - Beta2);
        using Scalar rootFactor = numbers.RootFactor, epsilon = (float)Epsilon, rate = -numbers.Rate;
        FirstMoments.mul_(beta1).add_(gradients, newShare1);
        SecondMoments.mul_(beta2).addcmul_(gradients, gradients, newShare2);
        using var denominators = SecondMoments.sqrt();
        denominators.mul_(rootFactor).add_(epsilon, Scalars.One);
        values.addcdiv_(FirstMoments, denominators, rate);
        gradients.fill_(Scalars.Zero);
    }

    private static void Step(Piece piece, Numbers numbers)
    {
        Span<float> values = Span(piece.Values), gradients = Span(piece.Gradients), first = Span(piece.First), second = Span(piece.Second);
        var kept = piece.Decays ? numbers.Kept : 1;
        for (var done = 0; done < values.Length; done += Vector<float>.Count) // the length of a chunk is a multiple of 16
        {
            var gradient = new Vector<float>(gradients[done..]) * numbers.GradientFactor;
            var m = (new Vector<float>(first[done..]) * (float)Beta1) + (gradient * (float)(1 - Beta1));
            var v = (new Vector<float>(second[done..]) * (float)Beta2) + (gradient * gradient * (float)(1 - Beta2));
            var denominator = (Vector.SquareRoot(v) * numbers.RootFactor) + new Vector<float>((float)Epsilon);
            m.CopyTo(first[done..]);
            v.CopyTo(second[done..]);
            ((new Vector<float>(values[done..]) * kept) - (m * numbers.Rate / denominator)).CopyTo(values[done..]);
        }

        gradients.Clear();
    }

    private static Span<float> Span(torch.Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private void AddPieces(long start, long end, bool decays)
    {
        var size = Math.Max(PieceSize, _parameters.Count / 1024 / 16 * 16);
        for (; start < end; start += size)
        {
            var length = Math.Min(size, end - start);
            var (values, gradients) = (Part(_parameters.Values, 0), Part(_parameters.Gradients, 0));
            _pieces.Add(new Piece(values, gradients, Part(FirstMoments, _start), Part(SecondMoments, _start), decays));

            torch.Tensor Part(torch.Tensor buffer, long offset) => buffer.narrow(0, start - offset, length).DetachFromDisposeScope();
        }
    }

    /// <summary>The scalars of a step.</summary>
    /// <param name="Rate">The learning rate, with the bias correction of the first moments.</param>
    /// <param name="RootFactor">The bias correction of the second moments' square roots.</param>
    /// <param name="GradientFactor">The factor of the gradients.</param>
    /// <param name="Kept">The factor of the matrices after weight decay.</param>
    private readonly record struct Numbers(float Rate, float RootFactor, float GradientFactor, float Kept);

    private sealed record Piece(torch.Tensor Values, torch.Tensor Gradients, torch.Tensor First, torch.Tensor Second, bool Decays) : IDisposable
    {
        public void Dispose()
        {
            Values.Dispose();
            Gradients.Dispose();
            First.Dispose();
            Second.Dispose();
        }
    }
}
