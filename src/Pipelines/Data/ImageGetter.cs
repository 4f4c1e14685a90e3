using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// Images for a cursor, by ML.NET's convention: if a caller passes the same variable for every row, the getter disposes the image that it put there before,
/// and the cursor disposes the last one. A caller that passes a new variable for each row owns the images.
/// </summary>
internal sealed class ImageGetter(ImageSource source, SourceCursor cursor) : ContentGetter
{
    private readonly ReadAhead? _ahead = source.ReadsAhead && !cursor.IsPart ? new ReadAhead(source, cursor) : null;
    private MLImage? _last;
    private bool _reuses;

    /// <inheritdoc/>
    public override Delegate Getter => (ValueGetter<MLImage?>)Get;

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (_reuses)
        {
            _last?.Dispose();
        }

        _last = null;
        _ahead?.Dispose();
    }

    private void Get(ref MLImage? value)
    {
        if (value is not null && ReferenceEquals(value, _last))
        {
            _reuses = true;
            _last.Dispose();
        }

        value = null;
        _last = null;
        _last = value = _ahead is null ? source.ReadImage(cursor.Row) : _ahead.Read();
    }
}
