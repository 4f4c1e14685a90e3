using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Palettes;

/// <summary>Learns a palette: k-means over pixels drawn from all images (Chen et al. 2020, section 3.2).</summary>
internal static class PaletteLearner
{
    internal static Palette Learn(IHost host, IDataView images, DataViewSchema.Column column, PaletteQuantizingEstimator.Options options)
    {
        var seed = options.Seed ?? host.Rand.Next();
        using var channel = host.Start("Learning the palette");
        var sample = Sample(images, column, options, seed, out var missing);
        if (missing > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows without an image were skipped.", missing);
        }

        if (sample.Count == 0)
        {
            throw new InvalidOperationException($"The palette cannot be learnt: column '{column.Name}' holds no image.");
        }

        var colors = sample.GroupBy(p => p).Select(g => (g.Key.R, g.Key.G, g.Key.B, Count: g.Count())).Order().ToList();
        if (colors.Count > options.Colors)
        {
            return new PaletteClustering(colors, seed).Run(options.Colors, options.MaximumNumberOfIterations);
        }

        // No clustering needed: every colour that was seen becomes one of the palette; the rest of the palette repeats the last and is never used.
        channel.Info(MessageSensitivity.None, "The images hold {0} colours, no more than the palette's {1}.", colors.Count, options.Colors);
        colors.AddRange(Enumerable.Repeat(colors[^1], options.Colors - colors.Count));
        return Palette.FromColors([.. colors.SelectMany(c => new[] { c.R, c.G, c.B })]);
    }

    /// <summary>A uniform sample without replacement of all pixels (reservoir sampling, Vitter's algorithm R).</summary>
    private static List<(byte R, byte G, byte B)> Sample(IDataView images, DataViewSchema.Column column, PaletteQuantizingEstimator.Options options, int seed, out long missing)
    {
        var random = new Random(seed);
        var sample = new List<(byte, byte, byte)>(options.SampledPixels);
        long seen = 0;
        missing = 0;
        using var cursor = images.GetRowCursor([column]);
        var reader = new ResizedImages(cursor, column, options.ImageSize);
        while (cursor.MoveNext())
        {
            if (!reader.TryRead(out var pixels))
            {
                missing++;
                continue;
            }

            for (var i = 0; i < pixels.Length; i += 3, seen++)
            {
                var pixel = (pixels[i], pixels[i + 1], pixels[i + 2]);
                if (sample.Count < options.SampledPixels)
                {
                    sample.Add(pixel);
                }
                else if (random.NextInt64(seen + 1) is var slot && slot < options.SampledPixels)
                {
                    sample[(int)slot] = pixel;
                }
            }
        }

        return sample;
    }
}
