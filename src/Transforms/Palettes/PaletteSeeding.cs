using IGptMl.Numerics;

namespace IGptMl.Palettes;

/// <summary>
/// The first centers of k-means by k-means++ (Arthur and Vassilvitskii 2007): each further center is a pixel drawn with probability proportional to its
/// squared distance to the nearest center so far. Similar colors are grouped in blocks, and a new center skips the blocks that are too far away to be
/// affected. All arithmetic is exact, so block size, machine and number of threads do not affect the result.
/// </summary>
internal sealed class PaletteSeeding
{
    private const int BlockSize = 256;

    private readonly ColorHistogram _colors;
    private SplitMix64 _random;
    private readonly int[] _nearest; // squared distance to the nearest center so far, in channel values
    private readonly Block[] _blocks;

    public PaletteSeeding(ColorHistogram colors, SplitMix64 random)
    {
        _colors = colors;
        _random = random;
        _nearest = new int[colors.Count];
        _nearest.AsSpan().Fill(1); // the first draw is uniform
        _blocks = new Block[(colors.Count + BlockSize - 1) / BlockSize];
        for (var b = 0; b < _blocks.Length; b++)
        {
            _blocks[b] = Block.Around(colors.Colors.Slice(3 * BlockSize * b, 3 * SizeOf(b)));
            Sum(b);
        }
    }

    /// <summary>Chooses the colors (R, G, B each) that become the centers. There must be more distinct colors than centers.</summary>
    public byte[] Choose(int clusters)
    {
        var chosen = new byte[3 * clusters];
        for (var k = 0; k < clusters; k++)
        {
            var color = _colors.Colors.Slice(3 * Draw(), 3);
            color.CopyTo(chosen.AsSpan(3 * k));
            if (k == 0)
            {
                Array.Fill(_nearest, int.MaxValue);
                for (var b = 0; b < _blocks.Length; b++)
                {
                    _blocks[b].Farthest = int.MaxValue;
                }
            }

            for (var b = 0; b < _blocks.Length; b++)
            {
                if (_blocks[b].SquaredDistance(color[0], color[1], color[2]) < _blocks[b].Farthest)
                {
                    Approach(b, color[0], color[1], color[2]);
                    Sum(b);
                }
            }
        }

        return chosen;
    }

    private int SizeOf(int block) => Math.Min(BlockSize, _colors.Count - (BlockSize * block));

    /// <summary>A color drawn with probability proportional to its count times its squared distance.</summary>
    private int Draw()
    {
        var target = _random.NextInt64(_blocks.Sum(block => block.Weight));
        var at = 0;
        while (target >= _blocks[at].Weight)
        {
            target -= _blocks[at++].Weight;
        }

        var i = BlockSize * at;
        while (target >= WeightOf(i))
        {
            target -= WeightOf(i++);
        }

        return i;
    }

    private long WeightOf(int color) => (long)_nearest[color] * _colors.Counts[color];

    private void Approach(int block, int red, int green, int blue)
    {
        var colors = _colors.Colors.Slice(3 * BlockSize * block, 3 * SizeOf(block));
        var nearest = _nearest.AsSpan(BlockSize * block, SizeOf(block));
        for (var i = 0; i < nearest.Length; i++)
        {
            var (r, g, b) = (colors[3 * i] - red, colors[(3 * i) + 1] - green, colors[(3 * i) + 2] - blue);
            nearest[i] = Math.Min(nearest[i], (r * r) + (g * g) + (b * b));
        }
    }

    private void Sum(int block)
    {
        var weight = 0L;
        var farthest = 0;
        for (var i = BlockSize * block; i < (BlockSize * block) + SizeOf(block); i++)
        {
            weight += WeightOf(i);
            farthest = Math.Max(farthest, _nearest[i]);
        }

        (_blocks[block].Weight, _blocks[block].Farthest) = (weight, farthest);
    }

    /// <summary>The bounding box of some colors, the sum of their weights, and the largest of their squared distances.</summary>
    private struct Block
    {
        internal long Weight;
        internal int Farthest;
        private byte _redLow, _redHigh, _greenLow, _greenHigh, _blueLow, _blueHigh;

        internal static Block Around(ReadOnlySpan<byte> colors)
        {
            var block = new Block { _redLow = 255, _greenLow = 255, _blueLow = 255 };
            for (; colors.Length > 0; colors = colors[3..])
            {
                (block._redLow, block._redHigh) = (Math.Min(block._redLow, colors[0]), Math.Max(block._redHigh, colors[0]));
                (block._greenLow, block._greenHigh) = (Math.Min(block._greenLow, colors[1]), Math.Max(block._greenHigh, colors[1]));
                (block._blueLow, block._blueHigh) = (Math.Min(block._blueLow, colors[2]), Math.Max(block._blueHigh, colors[2]));
            }

            return block;
        }

        /// <summary>The squared distance between a color and the box; 0 inside it.</summary>
        internal readonly int SquaredDistance(int red, int green, int blue)
        {
            var r = Math.Max(0, Math.Max(_redLow - red, red - _redHigh));
            var g = Math.Max(0, Math.Max(_greenLow - green, green - _greenHigh));
            var b = Math.Max(0, Math.Max(_blueLow - blue, blue - _blueHigh));
            return (r * r) + (g * g) + (b * b);
        }
    }
}
