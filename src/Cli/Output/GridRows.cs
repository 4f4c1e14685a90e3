using Microsoft.ML.Data;

namespace IGptMl.Cli.Output;

/// <summary>
/// The rows of pictures that a command shows in one grid, in bounded memory: the first rows, as many as fit into a grid of a limited number of pixels. The
/// pictures of further rows are disposed at once.
/// </summary>
/// <param name="scale">The size in the grid of a picture's pixel, across and down.</param>
internal sealed class GridRows(int scale) : IDisposable
{
    /// <summary>What is shown in place of the path of a grid that there is not.</summary>
    internal const string TooLarge = "none, as the images are too large for one";

    private const int MostRows = 64;
    private const long MostPixels = 1 << 24;

    private readonly List<MLImage[]> _rows = [];
    private long _largest;
    private bool _isFull;

    /// <summary>Takes ownership of a row of pictures.</summary>
    internal void Add(params MLImage[] row)
    {
        var largest = Math.Max(_largest, row.Max(image => (long)image.Width * image.Height) * scale * scale);
        _isFull = _isFull || _rows.Count == MostRows || largest * row.Length * (_rows.Count + 1) > MostPixels;
        if (_isFull)
        {
            Array.ForEach(row, image => image.Dispose());
            return;
        }

        _largest = largest;
        _rows.Add(row);
    }

    /// <summary>Creates the grid, which the caller disposes; null if there is no room even for one row.</summary>
    /// <param name="abreast">How many rows stand side by side in a row of the grid.</param>
    internal MLImage? Create(int abreast = 1)
        => _rows.Count == 0 ? null : ImageGrid.Create([.. _rows.Chunk(abreast).Select(some => some.SelectMany(row => row).ToArray())], scale);

    /// <inheritdoc/>
    public void Dispose() => _rows.ForEach(row => Array.ForEach(row, image => image.Dispose()));
}
