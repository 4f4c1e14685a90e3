using System.Runtime.InteropServices;

namespace IGptMl.Palettes;

/// <summary>
/// A uniform sample without replacement of all pixels that pass by: reservoir sampling by Algorithm L (K.-H. Li, "Reservoir-sampling algorithms of time
/// complexity O(n(1 + log(N/n)))", ACM Transactions on Mathematical Software 20, 1994), which draws how many pixels to skip instead of drawing for each.
/// </summary>
internal sealed class PixelReservoir
{
    private readonly int _capacity;
    private readonly Random _random;
    private readonly List<int> _codes = [];
    private double _threshold = 1; // the largest of the sampled pixels' uniform numbers, were each pixel given one
    private long _seen;
    private long _next;

    public PixelReservoir(int capacity, int seed)
    {
        _capacity = capacity;
        _random = new Random(seed);
    }

    /// <summary>The pixels sampled so far, as <see cref="ColorHistogram.ToCode"/> gives them.</summary>
    public Span<int> Codes => CollectionsMarshal.AsSpan(_codes);

    /// <summary>Takes the pixels of an image (R, G, B each) into account.</summary>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        var pixels = rgb.Length / 3;
        for (var i = 0; i < pixels && _codes.Count < _capacity; i++)
        {
            _codes.Add(CodeAt(rgb, i));
            if (_codes.Count == _capacity)
            {
                _next = _seen + i;
                Skip();
            }
        }

        while (_codes.Count == _capacity && _next < _seen + pixels)
        {
            _codes[_random.Next(_capacity)] = CodeAt(rgb, (int)(_next - _seen));
            Skip();
        }

        _seen += pixels;
    }

    private static int CodeAt(ReadOnlySpan<byte> rgb, int pixel) => ColorHistogram.ToCode(rgb[3 * pixel], rgb[(3 * pixel) + 1], rgb[(3 * pixel) + 2]);

    private void Skip()
    {
        _threshold *= Math.Exp(LogUniform() / _capacity);
        var skipped = Math.Floor(LogUniform() / Math.Log(1 - _threshold));
        _next += 1 + (long)Math.Min(skipped, long.MaxValue / 4);
    }

    // The logarithm of a uniform number in (0, 1].
    private double LogUniform() => Math.Log(1 - _random.NextDouble());
}
