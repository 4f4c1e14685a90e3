using IGptMl.Numerics;

namespace IGptMl.Data;

/// <summary>
/// Paints the built-in images: two colors with visible contrast (either can be the foreground), antialiased edges, a brightness gradient, and a little
/// noise in every channel, so that colors alone do not reveal the class.
/// </summary>
internal static class ShapePainter
{
    /// <summary>Height and width of an image in pixels.</summary>
    public const int Size = 32;

    // Antialiasing: every pixel counts how many of 4 x 4 points are foreground.
    private const int PointsPerSide = 4;
    private const int Points = PointsPerSide * PointsPerSide;

    // Of 255: the minimum difference in brightness between the colors, the largest change of the gradient from edge to edge, the noise's standard deviation.
    private const int LeastContrast = 70;
    private const int LargestSlope = 12;
    private const int NoiseDeviation = 4;

    // The standard deviation of the sum of four uniform bytes, 255.996 * sqrt(4 / 12), and its mean.
    private const int ByteSumDeviation = 148;
    private const int ByteSumMean = 510;

    // Few colors, because shapes are what can be learned in minutes.
    private static readonly Color[] Crayons = [new(28, 34, 66), new(198, 52, 44), new(34, 132, 92), new(240, 176, 48), new(244, 240, 228)];

    // The percentage of images whose foreground is the brighter color.
    private const int BrightForegrounds = 65;

    /// <summary>Paints an image of class <paramref name="kind"/>.</summary>
    /// <param name="kind">The class.</param>
    /// <param name="random">The source of all random choices.</param>
    /// <param name="rgba">Receives <see cref="Size"/> x <see cref="Size"/> x 4 bytes, row-major.</param>
    public static void Paint(ShapeKind kind, SplitMix64 random, Span<byte> rgba)
    {
        var geometry = new ShapeGeometry(kind, Size, ref random);
        var (back, front) = DrawColors(ref random);
        var slopeX = random.Next(-LargestSlope, LargestSlope);
        var slopeY = random.Next(-LargestSlope, LargestSlope);

        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var coverage = Coverage(geometry, x, y);
                var slope = ((slopeX * ((2 * x) - Size + 1)) + (slopeY * ((2 * y) - Size + 1))) / (4 * Size);
                var pixel = rgba.Slice(((y * Size) + x) * 4, 4);
                pixel[0] = Shade(back.Red, front.Red, coverage, slope, ref random);
                pixel[1] = Shade(back.Green, front.Green, coverage, slope, ref random);
                pixel[2] = Shade(back.Blue, front.Blue, coverage, slope, ref random);
                pixel[3] = byte.MaxValue;
            }
        }
    }

    private static int Coverage(in ShapeGeometry geometry, int x, int y)
    {
        var coverage = 0;
        for (var i = 0; i < Points; i++)
        {
            var pointX = x + (((2 * (i % PointsPerSide)) + 1) / (2.0 * PointsPerSide));
            var pointY = y + (((2 * (i / PointsPerSide)) + 1) / (2.0 * PointsPerSide));
            coverage += geometry.Contains(pointX, pointY) ? 1 : 0;
        }

        return coverage;
    }

    private static byte Shade(int back, int front, int coverage, int slope, ref SplitMix64 random)
    {
        var bits = (uint)random.Next();
        var bytes = (int)((bits & 0xFF) + ((bits >> 8) & 0xFF) + ((bits >> 16) & 0xFF) + (bits >> 24));
        var noise = (bytes - ByteSumMean) * NoiseDeviation / ByteSumDeviation;
        var value = (((back * (Points - coverage)) + (front * coverage)) / Points) + slope + noise;
        return (byte)Math.Clamp(value, byte.MinValue, byte.MaxValue);
    }

    private static (Color Back, Color Front) DrawColors(ref SplitMix64 random)
    {
        while (true)
        {
            var dark = DrawColor(ref random);
            var bright = DrawColor(ref random);
            if (bright.Brightness - dark.Brightness >= LeastContrast)
            {
                return random.Next(1, 100) <= BrightForegrounds ? (dark, bright) : (bright, dark);
            }
        }
    }

    private static Color DrawColor(ref SplitMix64 random) => Crayons[random.Next(0, Crayons.Length - 1)];

    private readonly record struct Color(int Red, int Green, int Blue)
    {
        // ITU-R BT.601 luma, with weights in 256ths.
        public int Brightness => ((77 * Red) + (150 * Green) + (29 * Blue)) >> 8;
    }
}
