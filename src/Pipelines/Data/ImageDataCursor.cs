using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>One pass over an <see cref="ImageDataView"/>. A value is made when its getter is called, so a pass that never asks for images decodes none.</summary>
internal sealed class ImageDataCursor : DataViewRowCursor
{
    private readonly ImageDataView _view;
    private readonly bool[] _active;
    private readonly int[]? _order;
    private readonly List<ImageGetter> _imageGetters = [];
    private long _position = -1;
    private bool _done;

    /// <param name="view">The view to walk through.</param>
    /// <param name="active">For each column of the view, whether it may be read.</param>
    /// <param name="order">The row of the source at each position, or null for the order of the source.</param>
    public ImageDataCursor(ImageDataView view, bool[] active, int[]? order)
    {
        _view = view;
        _active = active;
        _order = order;
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _view.Schema;

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override long Batch => 0;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        if (!_done && _position + 1 < _view.Source.Count)
        {
            _position++;
            return true;
        }

        _done = true;
        _position = -1;
        return false;
    }

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index >= 0 && column.Index < _active.Length && _active[column.Index];

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)Row(), 0);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
        {
            throw new ArgumentOutOfRangeException(nameof(column), column.Name, $"Column '{column.Name}' is not active in this cursor.");
        }

        var type = Schema[column.Index].Type.RawType;
        if (type != typeof(TValue))
        {
            throw new InvalidOperationException($"Column '{column.Name}' holds values of type {type}, not {typeof(TValue)}.");
        }

        return (ValueGetter<TValue>)MakeGetter(Schema[column.Index].Name);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _done = true;
            _position = -1;
            _imageGetters.ForEach(getter => getter.Dispose());
            _imageGetters.Clear();
        }

        base.Dispose(disposing);
    }

    private Delegate MakeGetter(string name)
    {
        switch (name)
        {
            case ImageDataView.ImageColumn:
                var getter = new ImageGetter(this);
                _imageGetters.Add(getter);
                return (ValueGetter<MLImage?>)getter.Get;
            case ImageDataView.LabelColumn:
                return (ValueGetter<uint>)((ref uint value) => value = (uint)_view.Source.ReadLabel(Row()) + 1);
            default:
                return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _view.Source.ReadName(Row()).AsMemory());
        }
    }

    private int Row()
    {
        if (_position < 0)
        {
            throw new InvalidOperationException("The cursor is not on a row: call MoveNext first, and read only while it returns true.");
        }

        return _order is null ? (int)_position : _order[_position];
    }

    /// <summary>
    /// ML.NET's convention for images: a caller passes the same variable for every row, and the getter disposes the image that it had put there.
    /// A caller which did that does not own the last image either, so it goes with the cursor. Whoever passes a fresh variable keeps its images.
    /// </summary>
    private sealed class ImageGetter(ImageDataCursor cursor) : IDisposable
    {
        private MLImage? _last;
        private bool _reuses;

        public void Get(ref MLImage? value)
        {
            if (value is not null && ReferenceEquals(value, _last))
            {
                _reuses = true;
                _last.Dispose();
            }

            value = null;
            _last = null;
            _last = value = cursor._view.Source.ReadImage(cursor.Row());
        }

        public void Dispose()
        {
            if (_reuses)
            {
                _last?.Dispose();
            }

            _last = null;
        }
    }
}
