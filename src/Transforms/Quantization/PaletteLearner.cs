using IGptMl.Images;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Quantization;

/// <summary>Learns a palette: k-means over pixels drawn from all images (Chen et al. 2020, section 3.2).</summary>
internal static class PaletteLearner
{
    internal static (Palette Palette, PaletteLearning Learning) Learn(IHost host, IDataView images, DataViewSchema.Column column,
        PaletteQuantizingEstimator.Options options)
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
            throw new InvalidOperationException($"The palette cannot be learned: column '{column.Name}' holds no image.");
        }

        var (palette, learning) = sample.Count > options.Colors
            ? new PaletteClustering(sample, seed).Run(options.Colors, options.MaximumNumberOfIterations)
            : TakeAll(sample, options.Colors);
        channel.Info(
            MessageSensitivity.None,
            "{0:N0} colors for {1:N0} pixels of {2:N0} colors: inertia {3:G6}, mean color error {4:F2} of 255, {5} iterations.",
            options.Colors, learning.Sample.Pixels, learning.DistinctColors, learning.Sample.Inertia, learning.Sample.MeanColorError, learning.Iterations);
        return (palette, learning);
    }

    /// <summary>
    /// Every distinct color, in the order of their values, becomes a color of the palette. The remaining entries repeat the last color and are never used.
    /// </summary>
    private static (Palette Palette, PaletteLearning Learning) TakeAll(ColorHistogram sample, int count)
    {
        var colors = sample.Colors.ToArray().Chunk(3).OrderBy(c => (c[0], c[1], c[2])).ToList();
        colors.AddRange(Enumerable.Repeat(colors[^1], count - colors.Count));
        return (Palette.FromColors([.. colors.SelectMany(c => c)]), new PaletteLearning
        {
            Sample = new PaletteMetrics { Pixels = sample.Pixels, Inertia = 0, MeanColorError = 0 },
            DistinctColors = sample.Count,
            Iterations = 0,
            Converged = true,
        });
    }

    private static ColorHistogram Sample(IDataView images, DataViewSchema.Column column, PaletteQuantizingEstimator.Options options, int seed, out long missing)
    {
        var reservoir = new PixelReservoir(options.SampledPixels, seed);
        missing = 0;
        using var cursor = images.GetRowCursor([column]);
        var reader = new ResizedImages(cursor, column, options.ImageSize, options.Cropping, seed);
        while (cursor.MoveNext())
        {
            if (reader.TryRead(out var pixels))
            {
                reservoir.Add(pixels);
            }
            else
            {
                missing++;
            }
        }

        return ColorHistogram.Of(reservoir.Codes);
    }
}
