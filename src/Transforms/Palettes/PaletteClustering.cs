using IGptMl.Numerics;

namespace IGptMl.Palettes;

/// <summary>k-means over 8-bit colors: k-means++ seeding, then Lloyd's iterations with the exact assignment of <see cref="PaletteQuantizer"/>.</summary>
/// <remarks>
/// ML.NET's trainer finds palettes of the same quality but takes hundreds of times as long (test/Benchmarks, palette-kmeans). It cannot exploit that
/// pixels have three 8-bit coordinates and that many are equal. Sums are exact, so the result depends only on the colors and the seed.
/// </remarks>
internal sealed class PaletteClustering
{
    private const int ChunkSize = 4096;

    private readonly ColorHistogram _colors;
    private readonly SplitMix64 _random;

    /// <param name="colors">The colors, and how often each occurs.</param>
    /// <param name="seed">The seed of the fit.</param>
    internal PaletteClustering(ColorHistogram colors, int seed)
    {
        _colors = colors;
        _random = new RandomStreams(seed).Open(RandomStream.PaletteCenters);
    }

    /// <summary>Runs until no color changes its cluster, or for the maximum number of iterations. There must be more distinct colors than clusters.</summary>
    internal (Palette Palette, PaletteLearning Learning) Run(int clusters, int maximumIterations)
    {
        var palette = Palette.FromColors(new PaletteSeeding(_colors, _random).Choose(clusters));
        var assigned = Assign(palette);
        var converged = false;
        var iterations = 0;
        while (!converged && iterations < maximumIterations)
        {
            palette = Palette.FromCenters(Means(palette, assigned));
            iterations++;
            var before = assigned;
            assigned = Assign(palette);
            converged = assigned.AsSpan().SequenceEqual(before);
        }

        var metrics = PaletteMetrics.Of(palette, _colors.Colors, _colors.Counts, assigned);
        return (palette, new PaletteLearning { Sample = metrics, DistinctColors = _colors.Count, Iterations = iterations, Converged = converged });
    }

    /// <summary>The nearest center of every distinct color.</summary>
    private ushort[] Assign(Palette palette)
    {
        var quantizer = new PaletteQuantizer(palette);
        var assigned = new ushort[_colors.Count];
        Parallel.For(0, (assigned.Length + ChunkSize - 1) / ChunkSize, chunk =>
        {
            var first = ChunkSize * chunk;
            var count = Math.Min(ChunkSize, assigned.Length - first);
            quantizer.Assign(_colors.Colors.Slice(3 * first, 3 * count), assigned.AsSpan(first, count));
        });
        return assigned;
    }

    /// <summary>The mean color of each cluster. An empty cluster moves to the color whose count times squared distance is largest.</summary>
    private float[] Means(Palette palette, ushort[] assigned)
    {
        var sums = new long[3 * palette.Count];
        var counts = new long[palette.Count];
        for (var i = 0; i < assigned.Length; i++)
        {
            var k = assigned[i];
            counts[k] += _colors.Counts[i];
            for (var c = 0; c < 3; c++)
            {
                sums[(3 * k) + c] += (long)_colors.Counts[i] * _colors.Colors[(3 * i) + c];
            }
        }

        var spare = new Queue<int>(WorstServed(palette, assigned, counts.Count(count => count == 0)));
        var centers = new float[3 * palette.Count];
        for (var k = 0; k < palette.Count; k++)
        {
            var color = counts[k] > 0 ? -1 : spare.Dequeue();
            for (var c = 0; c < 3; c++)
            {
                centers[(3 * k) + c] = color < 0
                    ? (float)((sums[(3 * k) + c] / (127.5 * counts[k])) - 1)
                    : Palette.ChannelUnits[_colors.Colors[(3 * color) + c]];
            }
        }

        return centers;
    }

    private IEnumerable<int> WorstServed(Palette palette, ushort[] assigned, int count) => count == 0
        ? []
        : Enumerable.Range(0, assigned.Length)
            .OrderByDescending(i => _colors.Counts[i] * PaletteMetrics.SquaredDistance(palette, assigned[i], _colors.Colors.Slice(3 * i, 3)))
            .Take(count);
}
