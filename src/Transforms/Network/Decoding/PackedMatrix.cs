namespace IGptMl.Network;

/// <summary>A matrix (in, out) in panels as wide as two registers, each of which lies in memory in the order in which a product reads it.</summary>
internal sealed unsafe class PackedMatrix<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly AlignedFloats _panels;
    private readonly int _inputs;

    /// <param name="inputs">The rows of the matrix.</param>
    /// <param name="outputs">The columns of the matrix.</param>
    /// <param name="value">The number in a row and a column.</param>
    internal PackedMatrix(int inputs, int outputs, Func<int, int, float> value)
    {
        _inputs = inputs;
        Width = Padded(outputs);
        _panels = new AlignedFloats((long)inputs * Width);
        var panel = PanelWidth;
        for (var j = 0; j < outputs; j++)
        {
            var column = _panels.Pointer + ((nint)(j / panel) * panel * inputs) + (j % panel);
            for (var i = 0; i < inputs; i++)
            {
                column[(nint)i * panel] = value(i, j);
            }
        }
    }

    /// <summary>The columns with those that fill the last panel, which are zero.</summary>
    internal int Width { get; }

    private static int PanelWidth => 2 * TLanes.Count;

    /// <summary>A number of columns, up to whole panels.</summary>
    internal static int Padded(int columns) => (columns + PanelWidth - 1) / PanelWidth * PanelWidth;

    /// <summary>C = A W or C += A W, for A (rows, in) and C (rows, <see cref="Width"/>). Each number of C is one chain of additions, however many rows there are.</summary>
    internal void Multiply(float* a, int lda, float* c, int ldc, int rows, bool accumulate)
    {
        var panel = PanelWidth;
        for (var j = 0; j < Width; j += panel)
        {
            SmallProduct<TLanes, TVector>.Run(a, lda, 1, _panels.Pointer + ((nint)j * _inputs), panel, c + j, ldc, rows, panel, _inputs, accumulate);
        }
    }
}
