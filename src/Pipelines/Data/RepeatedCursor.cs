using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>A cursor of a <see cref="RepeatedDataView"/>. It opens a cursor of the inner view for each pass; one is open at a time.</summary>
/// <param name="open">Opens the cursor of a pass.</param>
/// <param name="times">The number of passes.</param>
internal sealed class RepeatedCursor(Func<int, DataViewRowCursor> open, int times) : DataViewRowCursor
{
    private DataViewRowCursor _inner = open(0);
    private int _pass;
    private long _position = -1;

    /// <inheritdoc/>
    public override DataViewSchema Schema => _inner.Schema;

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override long Batch => 0;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        while (!_inner.MoveNext())
        {
            if (_pass + 1 == times)
            {
                _position = -1;
                return false;
            }

            _inner.Dispose();
            _inner = open(++_pass);
        }

        _position++;
        return true;
    }

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _inner.IsColumnActive(column);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var current = OfPass(inner => inner.GetGetter<TValue>(column));
        return (ref TValue value) => current()(ref value);
    }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter()
    {
        var current = OfPass(inner => inner.GetIdGetter());
        return (ref DataViewRowId value) =>
        {
            current()(ref value);
            if (_pass > 0)
            {
                value = value.Combine(new DataViewRowId((ulong)_pass, 0));
            }
        };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _pass = times - 1;
            _position = -1;
        }

        base.Dispose(disposing);
    }

    /// <summary>A getter of the current pass's cursor. The first one is created immediately, so that an unreadable column is reported early.</summary>
    private Func<T> OfPass<T>(Func<DataViewRowCursor, T> create)
    {
        var (getter, pass) = (create(_inner), _pass);
        return () =>
        {
            if (pass != _pass)
            {
                (getter, pass) = (create(_inner), _pass);
            }

            return getter;
        };
    }
}
