using IGptMl.Kernels;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>
/// Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks") for the hidden matrices: the momentum of the gradient, orthogonalized.
/// </summary>
/// <remarks>
/// The update of a matrix with n inputs and m outputs is rate · sqrt(max(1, m / n)) · O, where O is close to U Vᵀ for the singular value decomposition U S Vᵀ
/// of the Nesterov momentum. It is found by five Newton-Schulz iterations with a quintic polynomial, whose singular values end between about 0.7 and 1.2.
/// On CPUs, kernels orthogonalize matrices that fit the cache, one on each thread. Elsewhere matrices of equal shape are one batch of products.
/// </remarks>
internal sealed class Muon : IDisposable
{
    private const float Momentum = 0.95f;
    private const int Iterations = 5;
    private const float Epsilon = 1e-7f;

    /// <summary>The number of elements of the matrices of a batch, at most, unless one matrix has more; it bounds the temporary memory.</summary>
    private const long BatchElements = 1 << 24;

    /// <summary>The polynomial a x + b x³ + c x⁵ of the paper: steep at 0, so that small singular values grow fast.</summary>
    private static readonly (float A, float B, float C) Polynomial = (3.4445f, -4.7750f, 2.0315f);

    private static readonly Scalar A = Polynomial.A, B = Polynomial.B, C = Polynomial.C;

    private static readonly Scalar MomentumScalar = Momentum;
    private static readonly Scalar EpsilonScalar = Epsilon;

    private readonly FlatParameters _parameters;
    private readonly double _weightDecay;
    private readonly torch.Tensor _momentum;

    /// <summary>The matrices that kernels orthogonalize.</summary>
    private readonly IReadOnlyList<Part> _parts;

    /// <summary>The matrices that libtorch orthogonalizes.</summary>
    private readonly List<IReadOnlyList<Part>> _batches = [];

    /// <param name="parameters">The parameters, with hidden matrices; the caller still owns them.</param>
    /// <param name="weightDecay">The decoupled weight decay, as a fraction per step at learning rate 1.</param>
    internal Muon(FlatParameters parameters, double weightDecay = 0)
    {
        _parameters = parameters;
        _weightDecay = weightDecay;
        _momentum = torch.zeros(parameters.HiddenCount, torch.ScalarType.Float32, parameters.Values.device).DetachFromDisposeScope();
        var all = parameters.HiddenMatrices.SelectMany(Split).ToList();
        _parts = parameters.Values.device_type == DeviceType.CPU && RegisterWidth.Widest > 0 ? [.. all.Where(HasKernel)] : [];
        var shapes = all.Except(_parts).GroupBy(part => (Math.Min(part.Rows, part.Columns), Math.Max(part.Rows, part.Columns)));
        foreach (var shape in shapes)
        {
            var count = (int)Math.Max(1, BatchElements / (shape.Key.Item1 * shape.Key.Item2));
            _batches.AddRange(shape.Chunk(count));
        }
    }

    /// <summary>The state, which checkpoints contain.</summary>
    internal IReadOnlyList<OptimizerBuffer> Buffers => [new("momentum", _momentum, 0)];

    /// <summary>Updates the hidden matrices with the gradients times <paramref name="gradientFactor"/>, and zeroes their gradients.</summary>
    internal void Step(double rate, double gradientFactor)
    {
        using var noGradients = torch.no_grad();
        using var values = _parameters.Values.narrow(0, 0, _parameters.HiddenCount);
        using var gradients = _parameters.Gradients.narrow(0, 0, _parameters.HiddenCount);
        using (Scalar factor = gradientFactor)
        {
            gradients.mul_(factor);
        }

        _momentum.mul_(MomentumScalar).add_(gradients, Scalars.One);
        gradients.add_(_momentum, MomentumScalar); // Nesterov: the gradient plus the momentum after this step
        if (_weightDecay > 0)
        {
            using Scalar kept = 1 - (rate * _weightDecay);
            values.mul_(kept);
        }

        if (_parts.Count > 0)
        {
            RegisterWidth.Run(new KernelUpdate(this, gradients, rate), RegisterWidth.Widest);
        }

        foreach (var batch in _batches)
        {
            Update(values, gradients, batch, rate);
        }

        gradients.fill_(Scalars.Zero);
    }

    /// <inheritdoc/>
    public void Dispose() => _momentum.Dispose();

    /// <summary>Orthogonalizes matrices (n, rows, columns) with rows ≤ columns; their zero matrices stay zero. The caller disposes the result.</summary>
    internal static torch.Tensor Orthogonalize(torch.Tensor matrices)
    {
        using var scope = torch.NewDisposeScope();
        var norms = torch.linalg.norm(matrices, [1, 2], keepdim: true).add_(EpsilonScalar, Scalars.One);
        var x = matrices.div(norms);
        for (var i = 0; i < Iterations; i++)
        {
            var gram = x.bmm(x.transpose(1, 2));
            var polynomial = gram.bmm(gram).mul_(C).add_(gram, B);
            x = polynomial.bmm(x).add_(x, A);
        }

        return x.MoveToOuterDisposeScope();
    }

    private static void Update(torch.Tensor values, torch.Tensor updates, IReadOnlyList<Part> parts, double rate)
    {
        using var scope = torch.NewDisposeScope();
        var computeType = values.device_type == DeviceType.CPU ? torch.ScalarType.Float32 : torch.ScalarType.BFloat16;
        var stacked = torch.stack(parts.Select(part => part.WideView(updates))).to(computeType);
        var directions = Orthogonalize(stacked).to(torch.ScalarType.Float32);
        for (var i = 0; i < parts.Count; i++)
        {
            using Scalar factor = -rate * parts[i].RateFactor;
            parts[i].WideView(values).add_(directions[i], factor);
        }
    }

    private static bool HasKernel(Part part) => RegisterWidth.Run(new KernelSupport(part), RegisterWidth.Widest);

    private static IEnumerable<Part> Split(HiddenMatrix matrix)
    {
        var width = matrix.Columns / matrix.Parts;
        return Enumerable.Range(0, matrix.Parts).Select(i => new Part(matrix.Start + (i * width), matrix.Rows, width, matrix.Columns));
    }

    /// <summary>A matrix that is orthogonalized by itself, in a buffer of all parameters.</summary>
    /// <param name="Start">The index of its first element.</param>
    /// <param name="Rows">The number of inputs.</param>
    /// <param name="Columns">The number of outputs.</param>
    /// <param name="Stride">The distance of two rows in the buffer.</param>
    private sealed record Part(long Start, long Rows, long Columns, long Stride)
    {
        /// <summary>The factor of the learning rate: the root of outputs by inputs, at least 1.</summary>
        internal double RateFactor => Math.Sqrt(Math.Max(1, (double)Columns / Rows));

        /// <summary>A view of the matrix, or of its transpose if it has more rows than columns.</summary>
        internal torch.Tensor WideView(torch.Tensor buffer)
            => Rows <= Columns ? buffer.as_strided([Rows, Columns], [Stride, 1], Start) : buffer.as_strided([Columns, Rows], [1, Stride], Start);
    }

    private readonly struct KernelSupport(Part part) : IRegisterFunction<bool>
    {
        public bool Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
            => NewtonSchulz<TLanes, TVector>.Supports(part.Rows, part.Columns);
    }

    /// <summary>Orthogonalizes matrices in kernels, and moves the values.</summary>
    private readonly unsafe struct KernelUpdate(Muon muon, torch.Tensor updates, double rate) : IRegisterFunction<bool>
    {
        public bool Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
        {
            float* values = TensorMemory.Of(muon._parameters.Values), directions = TensorMemory.Of(updates);
            var (parts, step) = (muon._parts, rate);
            KernelThreads.Run(parts.Count, i =>
            {
                var part = parts[i];
                var (rows, columns, isTall) = ((int)part.Rows, (int)part.Columns, part.Rows > part.Columns);
                var (low, high) = (Math.Min(rows, columns), Math.Max(rows, columns));
                using var memory = FloatBuffer.Rent((long)(2 * low * high) + NewtonSchulz<TLanes, TVector>.ScratchLength(low, high));
                float* x = memory.Pointer, turned = x + (low * high);
                var from = directions + part.Start;
                if (isTall)
                {
                    BlockCopy<TLanes, TVector>.Transpose(from, (nint)part.Stride, x, rows, rows, columns);
                }
                else
                {
                    BlockCopy<TLanes, TVector>.Copy(from, (nint)part.Stride, x, columns, rows, columns);
                }

                NewtonSchulz<TLanes, TVector>.Orthogonalize(x, low, high, Polynomial, Iterations, Epsilon, turned + (low * high));
                if (isTall)
                {
                    BlockCopy<TLanes, TVector>.Transpose(x, high, turned, low, low, high);
                    x = turned;
                }

                var factor = (float)(-step * part.RateFactor);
                for (nint row = 0; row < rows; row++)
                {
                    var to = values + part.Start + (row * (nint)part.Stride);
                    VectorKernel<TLanes, TVector>.Combine(x + (row * columns), factor, to, 1, to, columns);
                }
            });
            return true;
        }
    }
}
