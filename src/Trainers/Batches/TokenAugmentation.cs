using IGptMl.Numerics;

namespace IGptMl;

/// <summary>
/// Random shifts and flips of the images that a trainer sees: the image is padded by reflection, a crop of its own size is taken at a random place, and
/// flipped half of the time. The defaults are those for fine-tuning on CIFAR (Chen et al. 2020, section 3.1). Pixels move and do not change, so the tokens
/// of a moved image are the moved tokens of the image, exactly, and nothing needs to be quantized again. What is random depends on the seed of the
/// training, the step and the row alone. An immutable value.
/// </summary>
public sealed record TokenAugmentation
{
    /// <summary>
    /// The pixels that are padded on each side, 0 to the image's side less 1. Default 4, which is for 32x32 pixels; smaller images want less.
    /// </summary>
    public int Padding { get; init; } = 4;

    /// <summary>Whether half of the images are flipped left to right. Default true.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Adds to <paramref name="guard"/> what is wrong with it for images of that side.</summary>
    internal void Check(OptionGuard guard, string name, int side) => guard.Range($"{name}.{nameof(Padding)}", Padding, 0, side - 1);

    /// <summary>Moves an image.</summary>
    /// <param name="tokens">The side² tokens of the image, raster order.</param>
    /// <param name="side">The side of the image in pixels.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="row">The row of the training data.</param>
    /// <param name="moved">Receives side² tokens; may not overlap the input.</param>
    internal void Apply(ReadOnlySpan<ushort> tokens, int side, int seed, long step, int row, Span<ushort> moved)
    {
        var random = new RandomStreams(seed).Open(RandomStream.Augmentation, step, row);
        var (left, top) = (random.Next(-Padding, Padding), random.Next(-Padding, Padding));
        var flips = Flip && random.Next(2) == 1;
        for (var y = 0; y < side; y++)
        {
            var source = tokens.Slice(Reflect(top + y, side) * side, side);
            var target = moved.Slice(y * side, side);
            for (var x = 0; x < side; x++)
            {
                target[flips ? side - 1 - x : x] = source[Reflect(left + x, side)];
            }
        }
    }

    /// <summary>The pixel that lies there once the image is mirrored at its outermost pixels, which are not repeated.</summary>
    private static int Reflect(int at, int side) => at < 0 ? -at : at >= side ? (2 * (side - 1)) - at : at;
}
