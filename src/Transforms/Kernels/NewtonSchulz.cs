namespace IGptMl.Kernels;

/// <summary>Newton-Schulz iterations, which bring all singular values of a matrix close to 1.</summary>
/// <remarks>One thread orthogonalizes one matrix, whose intermediate results stay in its cache.</remarks>
internal static unsafe class NewtonSchulz<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The maximum number of elements of a matrix, so that it and its transpose fit a core's second-level cache.</summary>
    private const long MaxElements = 1 << 17;

    /// <summary>Whether a matrix of this shape is supported: few enough elements, and whole registers both ways.</summary>
    internal static bool Supports(long rows, long columns) => rows * columns <= MaxElements && rows % TLanes.Count == 0 && columns % TLanes.Count == 0;

    /// <summary>The number of elements of the scratch memory of <see cref="Orthogonalize"/>.</summary>
    internal static int ScratchLength(int rows, int columns) => (2 * rows * columns) + (2 * rows * rows);

    /// <summary>
    /// X ← X / (|X| + ε), and then X ← a X + (b G + c G²) X with G = X Xᵀ, in each iteration: the odd polynomial a x + b x³ + c x⁵ of the singular values.
    /// </summary>
    /// <param name="x">X, (rows, columns), with at most as many rows as columns.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <param name="polynomial">The coefficients a, b and c.</param>
    /// <param name="iterations">The number of iterations.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="scratch">A buffer of <see cref="ScratchLength"/> elements.</param>
    internal static void Orthogonalize(float* x, int rows, int columns, (float A, float B, float C) polynomial, int iterations, float epsilon, float* scratch)
    {
        KernelAssert.IsAtLeast(columns, rows);
        int area = rows * columns, square = rows * rows;
        float* transposed = scratch, next = transposed + area, gram = next + area, factor = gram + square;
        var norm = MathF.Sqrt(VectorKernel<TLanes, TVector>.Dot(x, x, area));
        VectorKernel<TLanes, TVector>.Scale(x, area, 1 / (norm + epsilon));
        for (var i = 0; i < iterations; i++)
        {
            BlockCopy<TLanes, TVector>.Transpose(x, columns, transposed, rows, rows, columns);
            SmallProduct<TLanes, TVector>.Run(x, columns, 1, transposed, rows, gram, rows, rows, rows, columns, accumulate: false);
            SmallProduct<TLanes, TVector>.Run(gram, rows, 1, gram, rows, factor, rows, rows, rows, rows, accumulate: false);
            VectorKernel<TLanes, TVector>.Combine(factor, polynomial.C, gram, polynomial.B, factor, square);
            SmallProduct<TLanes, TVector>.Run(factor, rows, 1, x, columns, next, columns, rows, columns, rows, accumulate: false);
            VectorKernel<TLanes, TVector>.Combine(x, polynomial.A, next, 1, x, area);
        }
    }
}
