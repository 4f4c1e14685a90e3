using IGptMl.Palettes;

namespace IGptMl.Benchmarks;

/// <summary>The nearest color of every pixel: this library compared with a plain double loop over pixels and colors, which must give the same tokens.</summary>
internal static class PaletteAssignment
{
    private const int PixelsPerImage = Pixels.Side * Pixels.Side;

    // The plain loop is slow, so it runs on fewer images.
    private const int Images = 10_000;
    private const int PlainImages = 500;
    private const int RoundCount = 5;

    internal static void Run(string palettePath, string? cifarFolder)
    {
        var palette = Palette.Load(palettePath);
        var rgb = Pixels.Read(cifarFolder, Images);
        var images = rgb.Length / 3 / PixelsPerImage;
        var plainImages = Math.Min(images, PlainImages);
        var quantizer = new PaletteQuantizer(palette);
        var tokens = new ushort[images * PixelsPerImage];
        var plain = new ushort[plainImages * PixelsPerImage];
        var seconds = Rounds.Measure(
            RoundCount,
            () => AssignPlainly(palette, rgb, plain),
            () => Assign(0, images),
            () => Parallel.For(0, images, image => Assign(image, image + 1)));
        if (!tokens.AsSpan(0, plain.Length).SequenceEqual(plain))
        {
            throw new InvalidOperationException("The tokens are not those of the plain double loop.");
        }

        var nanoseconds = new[] { seconds[0].Elapsed * 1e9 / plain.Length, seconds[1].Elapsed * 1e9 / tokens.Length, seconds[2].Elapsed * 1e9 / tokens.Length };
        Console.WriteLine(
            $"{palette.Count} colors, {images:N0} images of {Pixels.Side}x{Pixels.Side}; the first {plainImages:N0} equal those of the plain double loop, "
            + $"bit for bit");
        Console.WriteLine($"plain double loop, one thread: {nanoseconds[0]:F1} ns a pixel, {1e9 / nanoseconds[0] / PixelsPerImage:N0} images/s");
        Console.WriteLine(
            $"ours, one thread:              {nanoseconds[1]:F1} ns a pixel, {1e9 / nanoseconds[1] / PixelsPerImage:N0} images/s, "
            + $"{nanoseconds[0] / nanoseconds[1]:F1} times as fast");
        Console.WriteLine(
            $"ours, {Environment.ProcessorCount} cores:                 {nanoseconds[2]:F1} ns a pixel, {1e9 / nanoseconds[2] / PixelsPerImage:N0} "
            + $"images/s, {nanoseconds[0] / nanoseconds[2]:F1} times as fast");
        Console.WriteLine(
            $"in processor time, one thread:  {seconds[0].Processor * 1e9 / plain.Length / (seconds[1].Processor * 1e9 / tokens.Length):F1} times as fast");

        void Assign(int first, int end) => quantizer.Assign(rgb.AsSpan((3 * PixelsPerImage * first)..(3 * PixelsPerImage * end)),
            tokens.AsSpan((PixelsPerImage * first)..(PixelsPerImage * end)));
    }

    private static void AssignPlainly(Palette palette, byte[] rgb, ushort[] tokens)
    {
        var centers = palette.Centers.Span;
        for (var i = 0; i < tokens.Length; i++)
        {
            var (red, green, blue) = ((rgb[3 * i] / 127.5f) - 1f, (rgb[(3 * i) + 1] / 127.5f) - 1f, (rgb[(3 * i) + 2] / 127.5f) - 1f);
            var best = float.PositiveInfinity;
            for (var k = 0; k < centers.Length / 3; k++)
            {
                var (r, g, b) = (red - centers[3 * k], green - centers[(3 * k) + 1], blue - centers[(3 * k) + 2]);
                var distance = (r * r) + (g * g) + (b * b);
                if (distance < best)
                {
                    (best, tokens[i]) = (distance, (ushort)k);
                }
            }
        }
    }
}
