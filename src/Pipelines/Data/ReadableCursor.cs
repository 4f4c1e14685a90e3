using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>A cursor of a <see cref="ReadableDataView"/>. An image that is decoded to see whether it can be is kept for whoever reads it next.</summary>
internal sealed class ReadableCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _inner;
    private readonly ActiveColumns _active;
    private readonly DataViewSchema.Column _image;
    private readonly ImageCensus _census;
    private readonly ValueGetter<MLImage> _getImage;
    private readonly ValueGetter<ReadOnlyMemory<char>> _getName;
    private MLImage? _decoded;
    private bool _isDecoded;
    private long _position = -1;
    private long _kept;
    private long _leftOut;

    /// <param name="inner">All rows, with their images and names.</param>
    /// <param name="active">The columns that may be read.</param>
    /// <param name="image">The column of images.</param>
    /// <param name="name">The column of names.</param>
    /// <param name="census">What earlier passes found.</param>
    internal ReadableCursor(
        DataViewRowCursor inner,
        ActiveColumns active,
        DataViewSchema.Column image,
        DataViewSchema.Column name,
        ImageCensus census)
    {
        (_inner, _active, _image, _census) = (inner, active, image, census);
        _getImage = inner.GetGetter<MLImage>(image);
        _getName = inner.GetGetter<ReadOnlyMemory<char>>(name);
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _inner.Schema;

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override long Batch => _inner.Batch;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        while (_inner.MoveNext())
        {
            Drop();
            if (IsReadable())
            {
                _kept++;
                _position++;
                return true;
            }

            _leftOut++;
        }

        Drop();
        _position = -1;
        return _kept > 0 || _leftOut == 0 ? false : throw new InvalidDataException($"None of the {_leftOut:N0} images can be read.");
    }

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.Check(column);
        return column.Index == _image.Index ? ActiveColumns.Cast<TValue>(ImageColumn.CreateGetter(Take), column) : _inner.GetGetter<TValue>(column);
    }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => _inner.GetIdGetter();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Drop();
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsReadable()
    {
        ReadOnlyMemory<char> text = default;
        _getName(ref text);
        var name = text.ToString();
        if (_census.IsReadable(name) is { } known)
        {
            return known;
        }

        try
        {
            _decoded = Decode();
            _isDecoded = true;
        }
        catch (InvalidDataException e)
        {
            _census.AddUnreadable(name, e.Message);
            return false;
        }

        _census.AddReadable(name);
        return true;
    }

    /// <summary>The row's image, which becomes the caller's: the one that was decoded to see whether it can be, or else another.</summary>
    private MLImage? Take()
    {
        if (!_isDecoded)
        {
            return Decode();
        }

        (var image, _decoded, _isDecoded) = (_decoded, null, false);
        return image;
    }

    private MLImage? Decode()
    {
        MLImage image = null!; // a variable of its own for each row, which therefore keeps its image
        _getImage(ref image);
        return image;
    }

    private void Drop()
    {
        _decoded?.Dispose();
        (_decoded, _isDecoded) = (null, false);
    }
}
