using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>The forward and backward passes of consecutive images of a batch through the blocks, layer by layer.</summary>
/// <remarks>
/// Threads share rows, heads, and tiles of the matrices' gradients. Each of these is computed by one thread, in an order that depends only on the sizes. So
/// the results do not depend on the number of threads.
/// </remarks>
internal sealed unsafe class GroupPass<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of rows per matrix product: few enough for a core's second-level cache, enough to reuse each panel.</summary>
    internal const int PartRows = 64;

    private const float Epsilon = (float)ArchitectureConstants.NormEpsilon, GeluFactor = (float)ArchitectureConstants.GeluFactor;

    private readonly TrainedNetwork<TLanes, TVector> _network;
    private readonly TrainingShape<TLanes, TVector> _shape;
    private readonly SavedActivations<TLanes, TVector> _saved;
    private readonly int _first;
    private readonly int _images;
    private readonly FloatBuffer _memory;

    /// <summary>The gradients of the hidden states after the MLP and between attention and MLP, in rows of d elements.</summary>
    private readonly float* _above;

    private readonly float* _middle;

    /// <summary>The inputs of the attention's and the MLP's matrices, and the gradient of the attended values, in rows of d elements.</summary>
    private readonly float* _normed1;

    private readonly float* _normed2;

    private readonly float* _attended;

    /// <summary>The gradients of queries, keys and values, in rows of 3d elements, and of the MLP's hidden layer, in rows of 4d elements.</summary>
    private readonly float* _projected;

    private readonly float* _expanded;

    /// <summary>The sums of a gain's gradient over each part of the rows, (parts, d).</summary>
    private readonly float* _gains;

    /// <param name="network">The weights.</param>
    /// <param name="saved">The activations of the whole batch.</param>
    /// <param name="first">The first image of the group.</param>
    /// <param name="images">The number of images of the group.</param>
    internal GroupPass(TrainedNetwork<TLanes, TVector> network, SavedActivations<TLanes, TVector> saved, int first, int images)
    {
        (_network, _shape, _saved, _first, _images) = (network, network.Shape, saved, first, images);
        saved.Group = first;
        nint narrow = (nint)Rows * _shape.Stride;
        _memory = FloatBuffer.Rent((5 * narrow) + ((long)Rows * (_shape.ProjectedStride + _shape.ExpandedStride)) + ((long)Parts * _shape.Size));
        _above = _memory.Pointer;
        _middle = _above + narrow;
        _normed1 = _middle + narrow;
        _normed2 = _normed1 + narrow;
        _attended = _normed2 + narrow;
        _projected = _attended + narrow;
        _expanded = _projected + ((nint)Rows * _shape.ProjectedStride);
        _gains = _expanded + ((nint)Rows * _shape.ExpandedStride);
    }

    /// <summary>The number of rows: the positions of all images.</summary>
    internal int Rows => _images * _shape.Positions;

    /// <summary>The number of parts of the rows.</summary>
    internal int Parts => (Rows + PartRows - 1) / PartRows;

    /// <summary>The gradient of the last block's output, to be filled before <see cref="Backward"/>, which leaves that of the first block's input.</summary>
    internal float* Above => _above;

    /// <summary>The first row of a part, and their number.</summary>
    internal (int First, int Count) Place(int part) => (part * PartRows, Math.Min(PartRows, Rows - (part * PartRows)));

    /// <summary>Computes the output of the last block from the input of the first.</summary>
    internal void Forward()
    {
        var layers = _shape.Config.Layers;
        KernelThreads.Run(Parts, part => Project(0, part));
        for (var l = 0; l < layers; l++)
        {
            var layer = l;
            KernelThreads.Run(_images * _shape.Config.Heads, head => Attend(layer, head));
            KernelThreads.Run(Parts, part =>
            {
                Finish(layer, part);
                if (layer + 1 < layers)
                {
                    Project(layer + 1, part);
                }
            });
        }
    }

    /// <summary>Adds the gradients of the blocks' weights, and computes the gradient of the first block's input.</summary>
    internal void Backward()
    {
        var heads = _images * _shape.Config.Heads;
        for (var l = _shape.Config.Layers - 1; l >= 0; l--)
        {
            var (layer, block) = (l, _network.Blocks[l]);
            if (_saved.IsRecomputed)
            {
                KernelThreads.Run(Parts, part => Project(layer, part));
                KernelThreads.Run(heads, head => Attend(layer, head));
                KernelThreads.Run(Parts, part => Finish(layer, part));
            }

            KernelThreads.Run(Parts, part => BackwardMlp(layer, part));
            AddGains(block.Gain2.Gradient);
            var (contract, expand, output) = (block.Contract.Tiles, block.Expand.Tiles, block.Output.Tiles);
            KernelThreads.Run(heads + contract + expand + output, item =>
            {
                if (item < heads)
                {
                    BackwardAttention(layer, item);
                }
                else if ((item -= heads) < contract)
                {
                    block.Contract.AddGradient(item, _saved.Expanded(layer, _first), _shape.ExpandedStride, _above, _shape.Stride, Rows);
                }
                else if ((item -= contract) < expand)
                {
                    block.Expand.AddGradient(item, _normed2, _shape.Stride, _expanded, _shape.ExpandedStride, Rows);
                }
                else
                {
                    block.Output.AddGradient(item - expand, _saved.Attended(layer, _first), _shape.Stride, _middle, _shape.Stride, Rows);
                }
            });
            KernelThreads.Run(Parts + block.QueriesKeysValues.Tiles, item =>
            {
                if (item < Parts)
                {
                    BackwardProjection(layer, item);
                }
                else
                {
                    block.QueriesKeysValues.AddGradient(item - Parts, _normed1, _shape.Stride, _projected, _shape.ProjectedStride, Rows);
                }
            });
            AddGains(block.Gain1.Gradient);
        }
    }

    /// <summary>Gets the cleared sum of a gain's gradient over a part of the rows, (d).</summary>
    internal float* ClearedGains(int part)
    {
        var gains = _gains + ((nint)part * _shape.Size);
        new Span<float>(gains, _shape.Size).Clear();
        return gains;
    }

    /// <summary>Adds the sums of all parts to a gain's gradient.</summary>
    internal void AddGains(float* gradient)
    {
        for (var part = 0; part < Parts; part++)
        {
            VectorKernel<TLanes, TVector>.Add(_gains + ((nint)part * _shape.Size), gradient, _shape.Size);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();

    /// <summary>The first norm and the projection to queries, keys and values, for a part of the rows.</summary>
    private void Project(int layer, int part)
    {
        var (first, count) = Place(part);
        var block = _network.Blocks[layer];
        using var memory = FloatBuffer.Rent((long)count * _shape.Stride);
        Norm(_saved.Input(layer, _first) + ((nint)first * _shape.Stride), block.Gain1.Value, memory.Pointer, count);
        var projected = _saved.Projected(layer, _first) + ((nint)first * _shape.ProjectedStride);
        block.QueriesKeysValues.Plain.Multiply(memory.Pointer, _shape.Stride, projected, _shape.ProjectedStride, count, 3 * _shape.Size, accumulate: false);
    }

    /// <summary>The attention of one head of one image.</summary>
    private void Attend(int layer, int item)
    {
        var (image, column) = Head(item);
        var queries = _saved.Projected(layer, image) + column;
        AttentionKernel<TLanes, TVector>.Forward(queries, queries + _shape.Size, queries + (2 * _shape.Size), _shape.ProjectedStride,
            _saved.Attended(layer, image) + column, _shape.Stride, LogSums(layer, item), _shape.Positions, _shape.HeadSize, _shape.ScoreScale, _shape.IsCausal);
    }

    /// <summary>The output projection and the MLP with their residual connections, for a part of the rows.</summary>
    private void Finish(int layer, int part)
    {
        var (first, count) = Place(part);
        var (block, stride, size) = (_network.Blocks[layer], _shape.Stride, _shape.Size);
        nint narrow = (nint)first * stride;
        var middle = _saved.Middle(layer, _first) + narrow;
        BlockCopy<TLanes, TVector>.Copy(_saved.Input(layer, _first) + narrow, stride, middle, stride, count, size);
        block.Output.Plain.Multiply(_saved.Attended(layer, _first) + narrow, stride, middle, stride, count, size, accumulate: true);

        using var memory = FloatBuffer.Rent((long)count * (stride + _shape.ExpandedStride));
        float* normed = memory.Pointer, activated = normed + ((nint)count * stride);
        Norm(middle, block.Gain2.Value, normed, count);
        var expanded = _saved.Expanded(layer, _first) + ((nint)first * _shape.ExpandedStride);
        block.Expand.Plain.Multiply(normed, stride, expanded, _shape.ExpandedStride, count, 4 * size, accumulate: false);
        for (nint row = 0; row < count; row++)
        {
            var offset = row * _shape.ExpandedStride;
            GradientKernel<TLanes, TVector>.Gelu(expanded + offset, activated + offset, 4 * size, GeluFactor);
        }

        var output = _saved.Input(layer + 1, _first) + narrow;
        BlockCopy<TLanes, TVector>.Copy(middle, stride, output, stride, count, size);
        block.Contract.Plain.Multiply(activated, _shape.ExpandedStride, output, stride, count, size, accumulate: true);
    }

    /// <summary>
    /// For a part of the rows: the gradients through the MLP and the output projection, and the normed inputs of the matrices, which their gradients need.
    /// </summary>
    private void BackwardMlp(int layer, int part)
    {
        var (first, count) = Place(part);
        var (block, stride, size) = (_network.Blocks[layer], _shape.Stride, _shape.Size);
        nint narrow = (nint)first * stride, wide = (nint)first * _shape.ExpandedStride;
        Norm(_saved.Input(layer, _first) + narrow, block.Gain1.Value, _normed1 + narrow, count);
        var middle = _saved.Middle(layer, _first) + narrow;
        Norm(middle, block.Gain2.Value, _normed2 + narrow, count);

        var expanded = _expanded + wide;
        block.Contract.Transposed.Multiply(_above + narrow, stride, expanded, _shape.ExpandedStride, count, 4 * size, accumulate: false);
        var values = _saved.Expanded(layer, _first) + wide;
        for (nint row = 0; row < count; row++)
        {
            var offset = row * _shape.ExpandedStride;
            GradientKernel<TLanes, TVector>.GeluBackward(values + offset, expanded + offset, 4 * size, GeluFactor);
        }

        using var memory = FloatBuffer.Rent((long)count * stride);
        block.Expand.Transposed.Multiply(expanded, _shape.ExpandedStride, memory.Pointer, stride, count, size, accumulate: false);
        BackwardNorm(middle, block.Gain2.Value, memory.Pointer, _above + narrow, _middle + narrow, ClearedGains(part), count);
        block.Output.Transposed.Multiply(_middle + narrow, stride, _attended + narrow, stride, count, size, accumulate: false);
    }

    /// <summary>The gradients of one head's queries, keys and values of one image.</summary>
    private void BackwardAttention(int layer, int item)
    {
        var (image, column) = Head(item);
        var (size, inner) = (_shape.Size, (nint)(image - _first) * _shape.Positions);
        var queries = _saved.Projected(layer, image) + column;
        var gradient = _projected + (inner * _shape.ProjectedStride) + column;
        AttentionKernel<TLanes, TVector>.Backward(queries, queries + size, queries + (2 * size), _shape.ProjectedStride, _saved.Attended(layer, image) + column,
            _attended + (inner * _shape.Stride) + column, _shape.Stride, LogSums(layer, item), gradient, gradient + size, gradient + (2 * size),
            _shape.Positions, _shape.HeadSize, _shape.ScoreScale, _shape.IsCausal);
    }

    /// <summary>The gradient of the block's input, for a part of the rows.</summary>
    private void BackwardProjection(int layer, int part)
    {
        var (first, count) = Place(part);
        var (block, stride) = (_network.Blocks[layer], _shape.Stride);
        nint narrow = (nint)first * stride;
        using var memory = FloatBuffer.Rent((long)count * stride);
        var gradients = _projected + ((nint)first * _shape.ProjectedStride);
        block.QueriesKeysValues.Transposed.Multiply(gradients, _shape.ProjectedStride, memory.Pointer, stride, count, _shape.Size, accumulate: false);
        BackwardNorm(_saved.Input(layer, _first) + narrow, block.Gain1.Value, memory.Pointer, _middle + narrow, _above + narrow, ClearedGains(part), count);
    }

    /// <summary>An item's image, and the first column of its head.</summary>
    private (int Image, int Column) Head(int item) => (_first + (item / _shape.Config.Heads), item % _shape.Config.Heads * _shape.HeadSize);

    private float* LogSums(int layer, int item)
        => _saved.LogSums(layer, _first + (item / _shape.Config.Heads)) + ((nint)(item % _shape.Config.Heads) * _shape.Positions);

    private void Norm(float* rows, float* gain, float* normed, int count)
    {
        for (nint row = 0; row < count; row++)
        {
            var offset = row * _shape.Stride;
            GradientKernel<TLanes, TVector>.Norm(rows + offset, gain, normed + offset, _shape.Size, Epsilon);
        }
    }

    private void BackwardNorm(float* rows, float* gain, float* gradient, float* above, float* below, float* gains, int count)
    {
        for (nint row = 0; row < count; row++)
        {
            var offset = row * _shape.Stride;
            GradientKernel<TLanes, TVector>.NormBackward(rows + offset, gain, gradient + offset, above + offset, below + offset, gains, _shape.Size, Epsilon);
        }
    }
}
