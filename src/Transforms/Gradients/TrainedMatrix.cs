using IGptMl.Kernels;
using static TorchSharp.torch;

namespace IGptMl.Gradients;

/// <summary>A parameter W (rows, columns) for a training pass: packed for products with it and with its transpose, and its gradient.</summary>
internal sealed unsafe class TrainedMatrix<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const int TileRows = TransposedProduct<TLanes, TVector>.TileRows, TileColumns = TransposedProduct<TLanes, TVector>.TileColumns;

    private readonly ParameterMemory _parameter;
    private readonly int _rows;
    private readonly int _columns;

    /// <param name="parameter">W; the caller still owns it.</param>
    /// <param name="memory">Memory of <see cref="Length"/> elements, aligned to a cache line, which must outlive this object.</param>
    internal TrainedMatrix(Tensor parameter, float* memory)
    {
        _parameter = new ParameterMemory(parameter);
        (_rows, _columns) = ((int)parameter.shape[0], (int)parameter.shape[1]);
        Plain = new PackedMatrix<TLanes, TVector>(memory, _rows, _columns);
        Transposed = new PackedMatrix<TLanes, TVector>(memory + PackedMatrix<TLanes, TVector>.Size(_rows, _columns), _columns, _rows);
    }

    /// <summary>W, for products x W.</summary>
    internal PackedMatrix<TLanes, TVector> Plain { get; }

    /// <summary>Wᵀ, for products x Wᵀ.</summary>
    internal PackedMatrix<TLanes, TVector> Transposed { get; }

    /// <summary>The number of independent parts of <see cref="Pack"/>.</summary>
    internal int Panels => Plain.Panels + Transposed.Panels;

    /// <summary>The number of independent tiles of the gradient.</summary>
    internal int Tiles => RowTiles * ((_columns + TileColumns - 1) / TileColumns);

    private int RowTiles => (_rows + TileRows - 1) / TileRows;

    /// <summary>The number of elements of a packed matrix of this shape.</summary>
    internal static long Length(Tensor parameter)
    {
        var (rows, columns) = ((int)parameter.shape[0], (int)parameter.shape[1]);
        return PackedMatrix<TLanes, TVector>.Size(rows, columns) + PackedMatrix<TLanes, TVector>.Size(columns, rows);
    }

    /// <summary>Packs one panel.</summary>
    internal void Pack(int panel)
    {
        if (panel < Plain.Panels)
        {
            Plain.Fill(panel, _parameter.Value, null, 1);
        }
        else
        {
            Transposed.FillTransposed(panel - Plain.Panels, _parameter.Value);
        }
    }

    /// <summary>Adds Aᵀ B to a tile of the gradient, for A (count, rows) and B (count, columns) with their row strides.</summary>
    internal void AddGradient(int tile, float* a, int lda, float* b, int ldb, int count)
    {
        var (row, column) = (tile % RowTiles * TileRows, tile / RowTiles * TileColumns);
        TransposedProduct<TLanes, TVector>.Add(a + row, lda, b + column, ldb, _parameter.Gradient + ((nint)row * _columns) + column, _columns,
            Math.Min(TileRows, _rows - row), Math.Min(TileColumns, _columns - column), count);
    }

    /// <inheritdoc/>
    public void Dispose() => _parameter.Dispose();
}
