using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>
/// A transformer block for the kernels: packed weights, into which gains and constant factors are folded, and the block's steps on rows of hidden states.
/// </summary>
/// <remarks>Full passes and decoding share these steps. Only the attention between them differs.</remarks>
internal sealed unsafe class PackedBlock<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly PackedShape<TLanes, TVector> _shape;
    private readonly FloatBuffer _memory;
    private readonly PackedMatrix<TLanes, TVector> _queriesKeysValues;
    private readonly PackedMatrix<TLanes, TVector> _output;
    private readonly PackedMatrix<TLanes, TVector> _expand;
    private readonly PackedMatrix<TLanes, TVector> _contract;

    /// <param name="shape">The sizes.</param>
    /// <param name="isKept">Whether the block is kept with the model (allocated), or used for one pass (rented).</param>
    internal PackedBlock(PackedShape<TLanes, TVector> shape, bool isKept)
    {
        _shape = shape;
        _memory = isKept ? FloatBuffer.Allocate(shape.BlockLength) : FloatBuffer.Rent(shape.BlockLength);
        var d = shape.EmbeddingSize;
        var next = _memory.Pointer;
        _queriesKeysValues = new(next, d, 3 * shape.AttendedWidth);
        _output = new(next += shape.QueriesKeysValuesLength, shape.AttendedWidth, d);
        _expand = new(next += shape.OutputLength, d, 4 * d);
        _contract = new(next + shape.ExpandLength, 4 * d, d);
    }

    /// <summary>Packs the weights of a block.</summary>
    internal void Fill(BlockWeights weights)
    {
        var d = _shape.EmbeddingSize;
        using var queriesKeysValues = PadHeads(weights.QueriesKeysValues, dimension: 1, parts: 3);
        using var output = PadHeads(weights.Output, dimension: 0, parts: 1);
        using var gain1 = HostWeight.Of(weights.Gain1);
        using var gain2 = HostWeight.Of(weights.Gain2);
        using var expand = HostWeight.Of(weights.Expand);
        using var contract = HostWeight.Of(weights.Contract);
        Source[] sources =
        [
            new(_queriesKeysValues, queriesKeysValues, gain1, 1),
            new(_output, output, null, 1),
            new(_expand, expand, gain2, ArchitectureConstants.GeluFactor), // x · sigmoid(1.702 x) = silu(1.702 x) / 1.702
            new(_contract, contract, null, 1 / ArchitectureConstants.GeluFactor),
        ];
        var panels = sources.SelectMany(source => Enumerable.Range(0, source.To.Panels).Select(panel => (source, panel))).ToList();
        KernelThreads.Run(panels.Count, i =>
        {
            var (source, panel) = panels[i];
            source.To.Fill(panel, TensorMemory.Of(source.Matrix), source.Gain is null ? null : TensorMemory.Of(source.Gain), (float)source.Factor);
        });
    }

    /// <summary>Projects hidden states (rows, d) to the queries, keys and values of each head.</summary>
    /// <param name="hidden">Rows of <see cref="PackedShape{TLanes, TVector}.Width"/> elements.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="scaled">A buffer for as many rows.</param>
    /// <param name="projected">Receives, for each of the 3 H heads of queries, keys and values, (rows, HeadWidth).</param>
    /// <param name="headStride">The stride between heads, in elements.</param>
    /// <param name="rowStride">The stride between rows of a head, in elements.</param>
    /// <param name="together">Whether all threads share the work, or the calling thread does it alone.</param>
    internal void Project(float* hidden, int rows, float* scaled, float* projected, nint headStride, nint rowStride, bool together)
    {
        Normalize(_shape, hidden, scaled, rows);
        if (together)
        {
            ProjectTogether(scaled, rows, projected, headStride, rowStride);
            return;
        }

        for (var panel = 0; panel < _queriesKeysValues.Panels; panel++)
        {
            ProjectPanel(panel, scaled, rows, projected, headStride, rowStride);
        }
    }

    /// <summary>
    /// The steps after the attention: projects attended values (rows, H · HeadWidth), adds them to the hidden states (rows, d), and applies the MLP.
    /// </summary>
    /// <param name="attended">Rows of <see cref="PackedShape{TLanes, TVector}.AttendedWidth"/> elements.</param>
    /// <param name="hidden">Rows of <see cref="PackedShape{TLanes, TVector}.Width"/> elements, which become the block's output.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="scaled">A buffer for as many rows of hidden states.</param>
    /// <param name="expanded">A buffer for as many rows of <see cref="PackedShape{TLanes, TVector}.ExpandedWidth"/> elements.</param>
    /// <param name="together">Whether all threads share the work, or the calling thread does it alone.</param>
    internal void AddTo(float* attended, float* hidden, int rows, float* scaled, float* expanded, bool together)
    {
        Multiply(_output, attended, _shape.AttendedWidth, hidden, _shape.Width, rows, together);
        Normalize(_shape, hidden, scaled, rows);
        if (together)
        {
            ExpandTogether(scaled, rows, expanded);
        }
        else
        {
            _expand.Multiply(scaled, _shape.Width, expanded, _shape.ExpandedWidth, rows, _shape.ExpandedWidth, accumulate: false);
            VectorKernel<TLanes, TVector>.Silu(expanded, rows * _shape.ExpandedWidth);
        }

        Multiply(_contract, expanded, _shape.ExpandedWidth, hidden, _shape.Width, rows, together);
    }

    /// <summary>Applies the norm, without its gain, to rows of hidden states.</summary>
    internal static void Normalize(PackedShape<TLanes, TVector> shape, float* hidden, float* scaled, int rows)
    {
        const float epsilon = (float)ArchitectureConstants.NormEpsilon;
        for (nint row = 0; row < rows; row++)
        {
            var offset = row * shape.Width;
            VectorKernel<TLanes, TVector>.Normalize(hidden + offset, scaled + offset, shape.Width, shape.EmbeddingSize, epsilon);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>C += A W.</summary>
    private static void Multiply(PackedMatrix<TLanes, TVector> matrix, float* a, int lda, float* c, int ldc, int rows, bool together)
    {
        if (together)
        {
            MultiplyTogether(matrix, a, lda, c, ldc, rows);
        }
        else
        {
            matrix.Multiply(a, lda, c, ldc, rows, matrix.Width, accumulate: true);
        }
    }

    private static void MultiplyTogether(PackedMatrix<TLanes, TVector> matrix, float* a, int lda, float* c, int ldc, int rows)
    {
        var width = PackedMatrix<TLanes, TVector>.PanelWidth;
        KernelThreads.Run(matrix.Panels, panel => matrix.Multiply(panel, a, lda, c + (panel * width), ldc, rows, accumulate: true));
    }

    private void ProjectTogether(float* scaled, int rows, float* projected, nint headStride, nint rowStride)
        => KernelThreads.Run(_queriesKeysValues.Panels, panel => ProjectPanel(panel, scaled, rows, projected, headStride, rowStride));

    private void ProjectPanel(int panel, float* scaled, int rows, float* projected, nint headStride, nint rowStride)
    {
        var column = panel * PackedMatrix<TLanes, TVector>.PanelWidth;
        var target = projected + (column / _shape.HeadWidth * headStride) + (column % _shape.HeadWidth);
        _queriesKeysValues.Multiply(panel, scaled, _shape.Width, target, (int)rowStride, rows, accumulate: false);
    }

    private void ExpandTogether(float* scaled, int rows, float* expanded) => KernelThreads.Run(_expand.Panels, panel =>
    {
        var columns = expanded + (panel * PackedMatrix<TLanes, TVector>.PanelWidth);
        _expand.Multiply(panel, scaled, _shape.Width, columns, _shape.ExpandedWidth, rows, accumulate: false);
        for (nint row = 0; row < rows; row++)
        {
            VectorKernel<TLanes, TVector>.Silu(columns + (row * _shape.ExpandedWidth), PackedMatrix<TLanes, TVector>.PanelWidth);
        }
    });

    /// <summary>Pads each head of a matrix with zeros to whole panels. The caller disposes the tensor.</summary>
    private Tensor PadHeads(Tensor matrix, int dimension, int parts)
    {
        var host = HostWeight.Of(matrix);
        if (_shape.HeadWidth == _shape.HeadSize)
        {
            return host;
        }

        using (host)
        {
            using var heads = host.unflatten(dimension, [parts * _shape.Heads, _shape.HeadSize]);
            long[] padding = dimension == 1 ? [0, _shape.HeadWidth - _shape.HeadSize] : [0, 0, 0, _shape.HeadWidth - _shape.HeadSize];
            using var padded = nn.functional.pad(heads, padding);
            using var flat = padded.flatten(dimension, dimension + 1);
            return flat.contiguous();
        }
    }

    /// <summary>A packed matrix and the weight, gain and factor that it is filled from.</summary>
    private sealed record Source(PackedMatrix<TLanes, TVector> To, Tensor Matrix, Tensor? Gain, double Factor);
}
