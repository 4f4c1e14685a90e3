using IGptMl.Numerics;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>The built-in images. Image i depends only on the seed and on i, and every block of twelve has each class once.</summary>
internal sealed class ShapesSource : ImageSource
{
    private static readonly string[] Names =
    [
        "horizontal stripes", "vertical stripes", "falling stripes", "rising stripes", "checkerboard", "dots",
        "rings", "grid", "disc", "square", "triangle", "cross",
    ];

    private readonly int _seed;

    public ShapesSource(int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count = count;
        _seed = seed;
    }

    /// <inheritdoc/>
    public override string Identity => $"{Count} shapes of seed {_seed}";

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => Names;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => (ShapePainter.Size, ShapePainter.Size);

    /// <inheritdoc/>
    public override MLImage ReadImage(int index)
    {
        Span<byte> rgba = stackalloc byte[ShapePainter.Size * ShapePainter.Size * 4];
        ShapePainter.Paint((ShapeKind)ReadLabel(index), new RandomStreams(_seed).Open(RandomStream.ShapePictures, index), rgba);
        return MLImage.CreateFromPixels(ShapePainter.Size, ShapePainter.Size, MLPixelFormat.Rgba32, rgba);
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index)
    {
        // A permutation of the classes for each block, in which the index selects one.
        Span<int> order = stackalloc int[Names.Length];
        new RandomStreams(_seed).Open(RandomStream.ShapeClasses, index / Names.Length).Permute(order);
        return order[index % Names.Length];
    }

    /// <inheritdoc/>
    public override string ReadName(int index) => $"shapes-{_seed}#{index}";
}
