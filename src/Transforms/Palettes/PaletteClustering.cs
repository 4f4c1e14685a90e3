namespace IGptMl.Palettes;

/// <summary>k-means over 8-bit colours: k-means++ seeding, then Lloyd's iterations with the exact assignment of <see cref="PaletteQuantizer"/>.</summary>
/// <remarks>
/// ML.NET's trainer gives palettes of the same quality, but for 512 colours and 250,000 pixels it took 25 seconds with its default seeding and more than
/// eight minutes with k-means++, because it cannot use that pixels have three coordinates of eight bits. The result depends on the seed alone.
/// </remarks>
internal sealed class PaletteClustering
{
    private readonly byte[] _colors; // distinct, R, G, B
    private readonly int[] _counts;  // how often each occurs
    private readonly Random _random;

    /// <param name="colorCounts">The colours and how often each occurs, in an order that does not depend on chance.</param>
    /// <param name="seed">The seed.</param>
    internal PaletteClustering(IReadOnlyList<(byte R, byte G, byte B, int Count)> colorCounts, int seed)
    {
        _colors = [.. colorCounts.SelectMany(c => new[] { c.R, c.G, c.B })];
        _counts = [.. colorCounts.Select(c => c.Count)];
        _random = new Random(seed);
    }

    private int Distinct => _counts.Length;

    /// <summary>Runs until no colour changes its cluster, or for that many iterations. There must be more distinct colours than clusters.</summary>
    internal Palette Run(int clusters, int maximumIterations)
    {
        var palette = Palette.FromCenters(Seed(clusters));
        var assigned = new ushort[Distinct];
        var before = new ushort[Distinct];
        for (var iteration = 0; iteration < maximumIterations; iteration++)
        {
            (before, assigned) = (assigned, before);
            new PaletteQuantizer(palette).Assign(_colors, assigned);
            if (iteration > 0 && assigned.AsSpan().SequenceEqual(before))
            {
                break;
            }

            palette = Palette.FromCenters(Means(palette, assigned));
        }

        return palette;
    }

    /// <summary>k-means++ (Arthur and Vassilvitskii 2007): each further centre is a pixel drawn with probability proportional to its squared distance from the nearest so far.</summary>
    private float[] Seed(int clusters)
    {
        var units = Palette.ChannelUnits;
        var nearest = new double[Distinct];
        nearest.AsSpan().Fill(double.PositiveInfinity);
        var centers = new float[3 * clusters];
        var chosen = Draw(_counts.Select(count => (double)count));
        for (var k = 0; k < clusters; k++)
        {
            if (k > 0)
            {
                chosen = Draw(nearest.Select((distance, i) => distance * _counts[i]));
            }

            var (r, g, b) = (units[_colors[3 * chosen]], units[_colors[(3 * chosen) + 1]], units[_colors[(3 * chosen) + 2]]);
            (centers[3 * k], centers[(3 * k) + 1], centers[(3 * k) + 2]) = (r, g, b);
            for (var i = 0; i < nearest.Length; i++)
            {
                nearest[i] = Math.Min(nearest[i], SquaredDistance(i, r, g, b));
            }
        }

        return centers;
    }

    /// <summary>An index drawn with probability proportional to its weight.</summary>
    private int Draw(IEnumerable<double> weights)
    {
        var cumulative = new double[Distinct];
        var sum = 0.0;
        var at = 0;
        foreach (var weight in weights)
        {
            cumulative[at++] = sum += weight;
        }

        var found = Array.BinarySearch(cumulative, _random.NextDouble() * sum);
        return Math.Min(found >= 0 ? found + 1 : ~found, Distinct - 1);
    }

    /// <summary>The mean colour of each cluster. An empty one moves to the colour that its centre serves worst.</summary>
    private float[] Means(Palette palette, ushort[] assigned)
    {
        var units = Palette.ChannelUnits;
        var sums = new double[3 * palette.Count];
        var counts = new long[palette.Count];
        for (var i = 0; i < assigned.Length; i++)
        {
            var k = assigned[i];
            counts[k] += _counts[i];
            for (var c = 0; c < 3; c++)
            {
                sums[(3 * k) + c] += (double)_counts[i] * units[_colors[(3 * i) + c]];
            }
        }

        var empty = Enumerable.Range(0, palette.Count).Where(k => counts[k] == 0).ToList();
        var worst = empty.Count == 0 ? [] : WorstServed(palette, assigned, empty.Count);
        var centers = new float[3 * palette.Count];
        for (var k = 0; k < palette.Count; k++)
        {
            for (var c = 0; c < 3; c++)
            {
                centers[(3 * k) + c] = counts[k] > 0 ? (float)(sums[(3 * k) + c] / counts[k]) : units[_colors[(3 * worst[empty.IndexOf(k)]) + c]];
            }
        }

        return centers;
    }

    private int[] WorstServed(Palette palette, ushort[] assigned, int count)
    {
        var centers = palette.Centers.ToArray();
        return [.. Enumerable.Range(0, assigned.Length)
            .OrderByDescending(i => _counts[i] * SquaredDistance(i, centers[3 * assigned[i]], centers[(3 * assigned[i]) + 1], centers[(3 * assigned[i]) + 2]))
            .Take(count)];
    }

    private double SquaredDistance(int color, float r, float g, float b)
    {
        var units = Palette.ChannelUnits;
        var (x, y, z) = (units[_colors[3 * color]] - r, units[_colors[(3 * color) + 1]] - g, units[_colors[(3 * color) + 2]] - b);
        return (x * x) + (y * y) + (z * z);
    }
}
