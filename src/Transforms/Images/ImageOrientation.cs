namespace IGptMl.Images;

/// <summary>The eight orientations of EXIF (tag 0x0112), which state where the first row and column of the stored pixels belong.</summary>
internal static class ImageOrientation
{
    private const int FirstTransposed = 5;

    /// <summary>Whether stored rows become columns, so that width and height are swapped.</summary>
    public static bool SwapsSides(int orientation) => orientation >= FirstTransposed;

    /// <summary>Turns an image upright.</summary>
    /// <param name="stored">width x height pixels, row-major.</param>
    /// <param name="width">The stored width.</param>
    /// <param name="height">The stored height.</param>
    /// <param name="orientation">The EXIF value, 1 to 8.</param>
    /// <param name="upright">Receives the pixels, row-major. If the sides are swapped, a row has height pixels.</param>
    public static void Apply(ReadOnlySpan<uint> stored, int width, int height, int orientation, Span<uint> upright)
    {
        // The stored index of the upright image's first pixel, and the index steps for one pixel to the right and one pixel down.
        var (right, bottom) = (width - 1, (height - 1) * width);
        var (start, across, down) = orientation switch
        {
            1 => (0, 1, width), // top, left
            2 => (right, -1, width), // top, right: mirrored
            3 => (bottom + right, -1, -width), // bottom, right: turned by 180 degrees
            4 => (bottom, 1, -width), // bottom, left
            5 => (0, width, 1), // left, top: transposed
            6 => (bottom, -width, 1), // right, top: the camera's left side was up
            7 => (bottom + right, -width, -1), // right, bottom
            8 => (right, width, -1), // left, bottom
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "Expected an EXIF orientation of 1 to 8."),
        };
        var (columns, rows) = SwapsSides(orientation) ? (height, width) : (width, height);
        for (int y = 0, to = 0; y < rows; y++)
        {
            for (int x = 0, from = start + (y * down); x < columns; x++, from += across, to++)
            {
                upright[to] = stored[from];
            }
        }
    }
}
