using OxyPlot;

namespace IGptMl.Reports;

/// <summary>Finds free space next to the points of a plot for their names, so that no name covers a point or another name.</summary>
/// <remarks>Positions are computed for the smallest plot that is drawn; a wider plot has more space.</remarks>
internal sealed class LabelPlaces
{
    private const double Width = 255;
    private const double Height = 230;
    private const double Margin = 0.12; // of the width, on either side of the outermost points
    private const double Gap = 7; // from the point's center
    private const double Radius = 5;

    private readonly (double X, double Y)[] _points;
    private readonly List<OxyRect> _taken;
    private readonly Func<DataPoint, (double X, double Y)> _position;
    private readonly double _letter;
    private readonly double _line;

    /// <param name="points">All points; the x axis is reversed.</param>
    /// <param name="letter">The mean width of a character in pixels.</param>
    /// <param name="line">The height of a line in pixels.</param>
    internal LabelPlaces(IReadOnlyList<DataPoint> points, double letter, double line)
    {
        var (left, right) = (points.Max(p => p.X), points.Min(p => p.X));
        var (bottom, top) = (points.Min(p => p.Y), points.Max(p => p.Y));
        _position = p => (Share(left, right, p.X) * Width, (1 - Share(bottom, top, p.Y)) * Height);
        _points = [.. points.Select(_position)];
        _taken = [.. _points.Select(p => new OxyRect(p.X - Radius, p.Y - Radius, 2 * Radius, 2 * Radius))];
        (_letter, _line) = (letter, line);
    }

    /// <summary>The first of the names that fits, and its position; null if none fits.</summary>
    internal (string Text, HorizontalAlignment Horizontal, VerticalAlignment Vertical, ScreenVector Offset)? Find(DataPoint point, IReadOnlyList<string> names)
    {
        var (x, y) = _position(point);
        foreach (var name in names)
        {
            var width = name.Length * _letter;
            foreach (var (horizontal, vertical) in (ReadOnlySpan<(int, int)>)[(-1, -1), (1, 1), (-1, 0), (1, 0), (0, -1), (0, 1), (1, -1), (-1, 1)])
            {
                var reach = horizontal != 0 && vertical != 0 ? Radius : Gap;
                var (left, top) = (x + (horizontal * reach) + ((horizontal - 1) * width / 2), y + (vertical * reach) + ((vertical - 1) * _line / 2));
                var box = new OxyRect(left, top, width, _line);
                if (box.Left > -Width * Margin && box.Right < Width * (1 + Margin) && !_taken.Exists(other => Meets(box, other)))
                {
                    _taken.Add(box);
                    return (name, (HorizontalAlignment)(-horizontal), (VerticalAlignment)(-vertical), new ScreenVector(horizontal * reach, vertical * reach));
                }
            }
        }

        return null;
    }

    private static double Share(double from, double to, double value) => from == to ? 0.5 : (value - from) / (to - from);

    private static bool Meets(OxyRect a, OxyRect b) => a.Left < b.Right && b.Left < a.Right && a.Top < b.Bottom && b.Top < a.Bottom;
}
