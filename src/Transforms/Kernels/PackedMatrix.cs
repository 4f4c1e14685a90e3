namespace IGptMl.Kernels;

/// <summary>A matrix (in, out) in panels as wide as two registers, each of which lies in memory in the order in which a product reads it.</summary>
/// <remarks>The memory is the caller's, <see cref="Size"/> numbers from the beginning of a cache line, and outlives this object.</remarks>
internal sealed unsafe class PackedMatrix<TLanes, TVector>(float* memory, int inputs, int outputs)
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The columns of a panel.</summary>
    internal static int PanelWidth => 2 * TLanes.Count;

    /// <summary>The columns with those that fill the last panel, which are zero.</summary>
    internal int Width { get; } = Padded(outputs);

    internal int Panels => Width / PanelWidth;

    /// <summary>A number of columns, up to whole panels.</summary>
    internal static int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>The numbers that a matrix takes in memory.</summary>
    internal static long Size(int inputs, int outputs) => (long)inputs * Padded(outputs);

    /// <summary>Fills a panel from a matrix (in, out), times a factor and, unless that is null, times the gain of each row, (in).</summary>
    internal void Fill(int panel, float* matrix, float* gains, float factor)
    {
        KernelAssert.IsAligned(memory);
        KernelAssert.IsAtLeast(Panels - 1, panel);
        KernelAssert.AreApart(memory, Size(inputs, outputs), matrix, (long)inputs * outputs);
        var first = panel * PanelWidth;
        var columns = Math.Min(PanelWidth, outputs - first);
        var to = memory + ((nint)first * inputs);
        for (var i = 0; i < inputs; i++)
        {
            var from = matrix + ((nint)i * outputs) + first;
            var scale = gains is null ? factor : gains[i] * factor;
            if (columns == PanelWidth)
            {
                var wide = TLanes.Broadcast(scale);
                TLanes.Store(TLanes.Multiply(TLanes.Load(from), wide), to);
                TLanes.Store(TLanes.Multiply(TLanes.Load(from + TLanes.Count), wide), to + TLanes.Count);
            }
            else
            {
                for (var j = 0; j < PanelWidth; j++)
                {
                    to[j] = j < columns ? from[j] * scale : 0;
                }
            }

            to += PanelWidth;
        }
    }

    /// <summary>
    /// C = A W or C += A W, for A (rows, in) and the first columns, a multiple of the register, of C (rows, <see cref="Width"/>). Each number of C is one
    /// chain of additions, however many rows there are.
    /// </summary>
    internal void Multiply(float* a, int lda, float* c, int ldc, int rows, int columns, bool accumulate)
    {
        var panel = PanelWidth;
        for (var j = 0; j < columns; j += panel)
        {
            SmallProduct<TLanes, TVector>.Run(a, lda, 1, memory + ((nint)j * inputs), panel, c + j, ldc, rows, Math.Min(panel, columns - j), inputs,
                accumulate);
        }
    }

    /// <summary>The same for the columns of one panel: C (rows, <see cref="PanelWidth"/>).</summary>
    internal void Multiply(int panel, float* a, int lda, float* c, int ldc, int rows, bool accumulate)
        => SmallProduct<TLanes, TVector>.Run(a, lda, 1, memory + ((nint)panel * PanelWidth * inputs), PanelWidth, c, ldc, rows, PanelWidth, inputs, accumulate);
}
