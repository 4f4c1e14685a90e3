using System.Runtime.InteropServices;
using IGptMl.Numerics;

namespace IGptMl.Palettes;

/// <summary>
/// A uniform sample without replacement of all pixels of a stream: reservoir sampling by Algorithm R (J. S. Vitter, "Random sampling with a reservoir", ACM
/// Transactions on Mathematical Software 11, 1985). It draws an integer for each pixel. Algorithms that draw the number of pixels to skip need logarithms,
/// whose last bits differ between platforms.
/// </summary>
internal sealed class PixelReservoir(int capacity, int seed)
{
    private readonly List<int> _codes = [];
    private SplitMix64 _random = new RandomStreams(seed).Open(RandomStream.PalettePixels);
    private long _seen;

    /// <summary>The pixels sampled so far, as Morton codes (<see cref="ColorHistogram.ToCode"/>).</summary>
    public Span<int> Codes => CollectionsMarshal.AsSpan(_codes);

    /// <summary>Adds the pixels of an image (R, G, B each) to the stream.</summary>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        for (; rgb.Length >= 3; rgb = rgb[3..])
        {
            var code = ColorHistogram.ToCode(rgb[0], rgb[1], rgb[2]);
            _seen++;
            if (_codes.Count < capacity)
            {
                _codes.Add(code);
            }
            else if (_random.NextInt64(_seen) is var place && place < capacity)
            {
                _codes[(int)place] = code;
            }
        }
    }
}
