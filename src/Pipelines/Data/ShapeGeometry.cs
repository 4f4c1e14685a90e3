using IGptMl.Numerics;

namespace IGptMl.Data;

/// <summary>
/// The outline of one built-in image: which points are foreground. It uses only +, -, *, / and the exactly rounded square root and floor, in a fixed order,
/// because the last bit of sines and cosines differs between platforms.
/// </summary>
internal readonly struct ShapeGeometry
{
    private const double HalfDiagonal = 0.70710678118654752;
    private const double RootOfThree = 1.7320508075688772;

    private readonly ShapeKind _kind;
    private readonly double _centerX;
    private readonly double _centerY;
    private readonly double _cosine;
    private readonly double _sine;
    private readonly double _period;
    private readonly double _duty;
    private readonly double _radius;

    /// <summary>Draws position, rotation, period and size for an image with a side of <paramref name="size"/> pixels.</summary>
    public ShapeGeometry(ShapeKind kind, int size, ref SplitMix64 random)
    {
        var single = kind >= ShapeKind.Disc;
        _kind = kind;

        // A pattern repeats, so its center can be anywhere; a single shape must be inside the image.
        _radius = single ? random.Next(0.22, 0.36) * size : 0;
        var low = single ? _radius + 1 : 0.2 * size;
        _centerX = random.Next(low, size - low);
        _centerY = random.Next(low, size - low);

        // With t the tangent of half the angle, (1-t^2)/(1+t^2) and 2t/(1+t^2) are its cosine and sine.
        var t = random.Next(-0.09, 0.09);
        _cosine = (1 - (t * t)) / (1 + (t * t));
        _sine = 2 * t / (1 + (t * t));

        // In pixels, for images of 32 pixels. A period of four pixels becomes two at half the resolution, where a pattern may average out.
        // So all periods are longer.
        var (shortest, longest, thinnest, thickest) = kind switch
        {
            ShapeKind.Checkerboard => (5.5, 9.0, 0, 0),
            ShapeKind.Dots => (8.0, 12.0, 0.27, 0.34),
            ShapeKind.Grid => (9.0, 13.0, 0.2, 0.27),
            ShapeKind.Cross => (0, 0, 0.26, 0.38),
            _ => (6.5, 12.0, 0.4, 0.6),
        };
        _period = random.Next(shortest, longest) * size / 32;
        _duty = random.Next(thinnest, thickest);
    }

    /// <summary>Whether the point (x, y), in pixels from the upper left corner, is foreground.</summary>
    public bool Contains(double x, double y)
    {
        var dx = x - _centerX;
        var dy = y - _centerY;
        var u = (_cosine * dx) + (_sine * dy);
        var v = (_cosine * dy) - (_sine * dx);
        return _kind switch
        {
            ShapeKind.HorizontalStripes => Phase(v) < _duty,
            ShapeKind.VerticalStripes => Phase(u) < _duty,
            ShapeKind.FallingStripes => Phase((v - u) * HalfDiagonal) < _duty,
            ShapeKind.RisingStripes => Phase((u + v) * HalfDiagonal) < _duty,
            ShapeKind.Checkerboard => (((long)Math.Floor(u / _period) + (long)Math.Floor(v / _period)) & 1) == 0,
            ShapeKind.Dots => Square(Phase(u) - 0.5) + Square(Phase(v) - 0.5) < Square(_duty),
            ShapeKind.Rings => Phase(Math.Sqrt(Square(u) + Square(v))) < _duty,
            ShapeKind.Grid => Phase(u) < _duty || Phase(v) < _duty,
            ShapeKind.Disc => Square(u) + Square(v) < Square(_radius),
            ShapeKind.Square => Math.Max(Math.Abs(u), Math.Abs(v)) < 0.9 * _radius,
            ShapeKind.Triangle => v < 0.5 * _radius && (RootOfThree * Math.Abs(u)) - v < _radius,
            ShapeKind.Cross => Math.Min(Math.Abs(u), Math.Abs(v)) < _duty * _radius && Math.Max(Math.Abs(u), Math.Abs(v)) < _radius,
            _ => throw new InvalidOperationException($"No outline for {_kind}."),
        };
    }

    private static double Square(double value) => value * value;

    private double Phase(double distance)
    {
        var periods = distance / _period;
        return periods - Math.Floor(periods);
    }
}
