using IGptMl.Kernels;

namespace IGptMl.Gradients;

/// <summary>What the forward pass of consecutive images of a batch saves for the backward pass.</summary>
/// <remarks>
/// The inputs of all blocks are saved. The rest is saved too, or it is computed again for one block and a group of images at a time. The norms and the MLP's
/// activations are always computed again, as that is cheaper than to read them.
/// </remarks>
internal sealed unsafe class SavedActivations<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly TrainingShape<TLanes, TVector> _shape;
    private readonly FloatBuffer[] _inputs;
    private readonly FloatBuffer[] _parts;
    private readonly int _firstImage;
    private readonly int _images;

    /// <param name="shape">The sizes.</param>
    /// <param name="firstImage">The first image.</param>
    /// <param name="images">The number of images.</param>
    /// <param name="groupImages">The maximum number of images at a time, if blocks are computed again; null if all is saved.</param>
    internal SavedActivations(TrainingShape<TLanes, TVector> shape, int firstImage, int images, int? groupImages)
    {
        (_shape, _firstImage, _images) = (shape, firstImage, groupImages ?? images);
        IsRecomputed = groupImages is not null;
        var layers = shape.Config.Layers;
        _inputs = [.. Enumerable.Range(0, layers + 1).Select(_ => FloatBuffer.Rent((long)images * shape.Positions * shape.Stride))];
        var length = _images * (long)(Total + shape.Config.Heads) * shape.Positions;
        _parts = [.. Enumerable.Range(0, IsRecomputed ? 1 : layers).Select(_ => FloatBuffer.Rent(length))];
    }

    /// <summary>Whether only the inputs are saved.</summary>
    internal bool IsRecomputed { get; }

    /// <summary>The first image of the current group, whose activations are held if blocks are computed again.</summary>
    internal int Group { get; set; }

    /// <summary>The number of elements per position, without log-sum-exps.</summary>
    private int Total => (2 * _shape.Stride) + _shape.ProjectedStride + _shape.ExpandedStride;

    private nint Rows => (nint)_images * _shape.Positions;

    /// <summary>The input of a block, or of the final norm: rows of d elements, from an image's first position on.</summary>
    internal float* Input(int layer, int image) => _inputs[layer].Pointer + (Row(image) * _shape.Stride);

    /// <summary>A block's queries, keys and values: rows of 3d elements.</summary>
    internal float* Projected(int layer, int image) => Part(layer) + (PartRow(image) * _shape.ProjectedStride);

    /// <summary>A block's attended values: rows of d elements.</summary>
    internal float* Attended(int layer, int image) => Part(layer) + (Rows * _shape.ProjectedStride) + (PartRow(image) * _shape.Stride);

    /// <summary>A block's hidden states between attention and MLP: rows of d elements.</summary>
    internal float* Middle(int layer, int image)
        => Part(layer) + (Rows * (_shape.ProjectedStride + _shape.Stride)) + (PartRow(image) * _shape.Stride);

    /// <summary>The MLP's hidden layer before its activation: rows of 4d elements.</summary>
    internal float* Expanded(int layer, int image)
        => Part(layer) + (Rows * (_shape.ProjectedStride + (2 * _shape.Stride))) + (PartRow(image) * _shape.ExpandedStride);

    /// <summary>The log-sum-exp of the attention's scores, (heads, T) of an image.</summary>
    internal float* LogSums(int layer, int image) => Part(layer) + (Rows * Total) + (PartRow(image) * _shape.Config.Heads);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var buffer in _inputs.Concat(_parts))
        {
            buffer.Dispose();
        }
    }

    private nint Row(int image) => (nint)(image - _firstImage) * _shape.Positions;

    private nint PartRow(int image) => (nint)(image - (IsRecomputed ? Group : _firstImage)) * _shape.Positions;

    private float* Part(int layer) => _parts[IsRecomputed ? 0 : layer].Pointer;
}
