using IGptMl.Numerics;

namespace IGptMl;

/// <summary>The region of an image that a completion keeps, in pixels of the model's size. An immutable value.</summary>
/// <remarks>
/// Pixels are sampled in raster order, so a kept pixel only influences those after it. The paper keeps the upper half (Chen et al. 2020, figure 1), which is
/// the default.
/// </remarks>
public sealed class KeptRegion : IEquatable<KeptRegion>
{
    private readonly int? _rows;
    private readonly int[]? _rowNumbers; // ascending, each once
    private readonly (int Left, int Top, int Width, int Height)? _rectangle;

    private KeptRegion(int? rows = null, int[]? rowNumbers = null, (int Left, int Top, int Width, int Height)? rectangle = null)
    {
        _rows = rows;
        _rowNumbers = rowNumbers;
        _rectangle = rectangle;
    }

    /// <summary>The upper half of the rows, rounded down.</summary>
    public static KeptRegion TopHalf { get; } = new();

    /// <summary>Keeps the first rows.</summary>
    /// <param name="count">The number of rows, 0 to the model's <see cref="ImageGptConfig.ImageSize"/>.</param>
    /// <returns>The region.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public static KeptRegion Rows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new KeptRegion(rows: count);
    }

    /// <summary>Keeps individual rows.</summary>
    /// <param name="numbers">The indices of the rows from the top, each from 0 to the model's <see cref="ImageGptConfig.ImageSize"/> - 1, in any order.</param>
    /// <returns>The region.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static KeptRegion RowNumbers(params IReadOnlyCollection<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        foreach (var number in numbers)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number, nameof(numbers));
        }

        return new KeptRegion(rowNumbers: [.. numbers.Distinct().Order()]);
    }

    /// <summary>Keeps a rectangle, which must be inside the model's square.</summary>
    /// <param name="left">The left edge in pixels, at least 0.</param>
    /// <param name="top">The top edge in pixels, at least 0.</param>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <returns>The region.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static KeptRegion Rectangle(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return new KeptRegion(rectangle: (left, top, width, height));
    }

    /// <summary>Computes which pixels of a square image are kept.</summary>
    /// <param name="imageSize">The side of the square in pixels: the model's <see cref="ImageGptConfig.ImageSize"/>.</param>
    /// <returns>Whether each pixel is kept: imageSize² values in raster order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The side is less than 1, or the region is not inside the square.</exception>
    public bool[] ToMask(int imageSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(imageSize);
        var guard = new OptionGuard();
        Check(guard, "The region", imageSize);
        guard.ThrowIfAny(nameof(imageSize));
        var mask = new bool[imageSize * imageSize];
        var (left, width) = _rectangle is { } part ? (part.Left, part.Width) : (0, imageSize);
        foreach (var row in RowsOf(imageSize))
        {
            mask.AsSpan((row * imageSize) + left, width).Fill(true);
        }

        return mask;
    }

    /// <inheritdoc/>
    public bool Equals(KeptRegion? other)
        => other is not null && _rows == other._rows && _rectangle == other._rectangle
            && (_rowNumbers is null ? other._rowNumbers is null : other._rowNumbers is not null && _rowNumbers.AsSpan().SequenceEqual(other._rowNumbers));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as KeptRegion);

    /// <inheritdoc/>
    public override int GetHashCode() => (_rowNumbers ?? [_rows ?? -1, _rectangle?.Left ?? -1, _rectangle?.Width ?? -1]).Aggregate(17, (hash, number)
        => unchecked((31 * hash) + number));

    /// <summary>A description of the region, such as "the first 8 rows".</summary>
    /// <returns>The description.</returns>
    public override string ToString() => this switch
    {
        { _rows: { } rows } => $"the first {rows} rows",
        { _rowNumbers: { } numbers } => $"rows {string.Join(", ", numbers)}",
        { _rectangle: { } part } => $"a rectangle of {part.Width}x{part.Height} pixels at ({part.Left}, {part.Top})",
        _ => "the upper half",
    };

    /// <summary>Whether two regions are equal, or both are null.</summary>
    /// <param name="left">One region.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when equal.</returns>
    public static bool operator ==(KeptRegion? left, KeptRegion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two regions differ, or only one of them is null.</summary>
    /// <param name="left">One region.</param>
    /// <param name="right">The other.</param>
    /// <returns>True when different.</returns>
    public static bool operator !=(KeptRegion? left, KeptRegion? right) => !(left == right);

    /// <summary>Adds the problems of the region for a model's image size to <paramref name="guard"/>.</summary>
    internal void Check(OptionGuard guard, string name, int imageSize) => guard
        .Require(!(_rows > imageSize), name, this, $"0 to {imageSize} rows, the height of the model's images")
        .Require(_rowNumbers is null or [] || _rowNumbers[^1] < imageSize, name, this, $"rows from 0 to {imageSize - 1}, those of the model's images")
        .Require(
            _rectangle is not { } part || ((long)part.Left + part.Width <= imageSize && (long)part.Top + part.Height <= imageSize),
            name,
            this,
            $"one inside the model's images of {imageSize}x{imageSize} pixels");

    private IEnumerable<int> RowsOf(int imageSize) => this switch
    {
        { _rowNumbers: { } numbers } => numbers,
        { _rectangle: { } part } => Enumerable.Range(part.Top, part.Height),
        _ => Enumerable.Range(0, _rows ?? imageSize / 2),
    };

    /// <summary>The region as stored in saved models: one of the three values, or none for the upper half.</summary>
    internal (int? Rows, IReadOnlyList<int>? RowNumbers, IReadOnlyList<int>? Rectangle) ToSaved()
        => (_rows, _rowNumbers, _rectangle is { } part ? [part.Left, part.Top, part.Width, part.Height] : null);

    /// <summary>Creates the region of a saved model.</summary>
    /// <exception cref="ArgumentException">The values are not a region.</exception>
    internal static KeptRegion OfSaved(int? rows, IReadOnlyList<int>? rowNumbers, IReadOnlyList<int>? rectangle) => (rows, rowNumbers, rectangle) switch
    {
        ({ } count, null, null) => Rows(count),
        (null, { } numbers, null) => RowNumbers(numbers),
        (null, null, [var left, var top, var width, var height]) => Rectangle(left, top, width, height),
        (null, null, null) => TopHalf,
        _ => throw new ArgumentException("A kept region has one of a number of rows, row numbers, and a rectangle of left, top, width and height."),
    };
}
