using IGptMl.Numerics;

namespace IGptMl;

/// <summary>
/// Random shifts and flips of the training images: the image is padded by reflection, a crop of the original size is taken at a random offset, and flipped with
/// probability 0.5. The defaults are those for fine-tuning on CIFAR (Chen et al. 2020, section 3.1). As pixels only move, the augmentation is applied to the
/// tokens directly, without quantizing again. The random choices depend only on the seed of the training, the step and the row. An immutable value.
/// </summary>
public sealed record TokenAugmentation
{
    /// <summary>The padding on each side in pixels, 0 to the image's side minus 1. Default 4, which is for 32x32 pixels; smaller images need less.</summary>
    public int Padding { get; init; } = 4;

    /// <summary>Whether images are flipped horizontally with probability 0.5. Default true.</summary>
    public bool Flip { get; init; } = true;

    /// <summary>Adds the problems of the settings for images of that side to <paramref name="guard"/>.</summary>
    internal void Check(OptionGuard guard, string name, int side) => guard.Range($"{name}.{nameof(Padding)}", Padding, 0, side - 1);

    /// <summary>Applies a random shift and flip to an image.</summary>
    /// <param name="tokens">The side² tokens of the image, in raster order.</param>
    /// <param name="side">The side of the image in pixels.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="row">The row of the training data.</param>
    /// <param name="moved">Receives side² tokens; must not overlap the input.</param>
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

    /// <summary>The index of the pixel at a position under reflection padding, which does not repeat the border pixels.</summary>
    private static int Reflect(int at, int side) => at < 0 ? -at : at >= side ? (2 * (side - 1)) - at : at;
}
