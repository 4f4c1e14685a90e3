namespace IGptMl.Kernels;

/// <summary>
/// A matrix (in, out), packed into panels of columns that are two registers wide. Each panel is contiguous and row-major, the order in which a product reads
/// it.
/// </summary>
/// <remarks>The caller owns the memory: <see cref="Size"/> elements, aligned to a cache line, which must outlive this object.</remarks>
internal sealed unsafe class PackedMatrix<TLanes, TVector>(float* memory, int inputs, int outputs)
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of columns of a panel.</summary>
    internal static int PanelWidth => 2 * TLanes.Count;

    /// <summary>The number of columns, rounded up to whole panels. The padding is zero.</summary>
    internal int Width { get; } = Padded(outputs);

    internal int Panels => Width / PanelWidth;

    /// <summary>Rounds a number of columns up to whole panels.</summary>
    internal static int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>The number of elements of a packed matrix, including padding.</summary>
    internal static long Size(int inputs, int outputs) => (long)inputs * Padded(outputs);

    /// <summary>Packs one panel of a matrix (in, out), multiplied by a factor and, unless it is null, by the gain of each row, (in).</summary>
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

    /// <summary>Packs one panel of the transpose of a matrix (out, in).</summary>
    internal void FillTransposed(int panel, float* matrix)
    {
        const int block = 16; // rows of the panel at a time, so that the lines written stay in the first-level cache
        KernelAssert.IsAligned(memory);
        KernelAssert.IsAtLeast(Panels - 1, panel);
        KernelAssert.AreApart(memory, Size(inputs, outputs), matrix, (long)inputs * outputs);
        var first = panel * PanelWidth;
        var columns = Math.Min(PanelWidth, outputs - first);
        var to = memory + ((nint)first * inputs);
        for (var start = 0; start < inputs; start += block)
        {
            var end = Math.Min(inputs, start + block);
            for (var j = 0; j < PanelWidth; j++)
            {
                var from = matrix + ((nint)(first + j) * inputs);
                for (var i = start; i < end; i++)
                {
                    to[((nint)i * PanelWidth) + j] = j < columns ? from[i] : 0;
                }
            }
        }
    }

    /// <summary>
    /// C = A W or C += A W, for A (rows, in) and the first columns of C (rows, <see cref="Width"/>); their number is a multiple of the register width. Each
    /// element of C is one chain of additions, whatever the number of rows.
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

    /// <summary>The same product for the columns of one panel: C (rows, <see cref="PanelWidth"/>).</summary>
    internal void Multiply(int panel, float* a, int lda, float* c, int ldc, int rows, bool accumulate)
        => SmallProduct<TLanes, TVector>.Run(a, lda, 1, memory + ((nint)panel * PanelWidth * inputs), PanelWidth, c, ldc, rows, PanelWidth, inputs, accumulate);
}
