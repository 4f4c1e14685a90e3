using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>One pass over a <see cref="SourceDataView"/>. A value is made when its getter is called, so a pass that never asks for images decodes none.</summary>
internal sealed class SourceCursor : DataViewRowCursor
{
    private readonly SourceDataView _view;
    private readonly bool[] _active;
    private readonly int[]? _order;
    private readonly List<ContentGetter> _contents = [];
    private long _position = -1;
    private bool _done;

    /// <param name="view">The view to walk through.</param>
    /// <param name="active">For each column of the view, whether it may be read.</param>
    /// <param name="order">The row of the source at each position, or null for the order of the source.</param>
    public SourceCursor(SourceDataView view, bool[] active, int[]? order)
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

    /// <summary>The number of positions.</summary>
    internal int Count => _view.Source.Count;

    /// <summary>The row of the source at the cursor's position.</summary>
    /// <exception cref="InvalidOperationException">The cursor is not on a row.</exception>
    internal int Row => _position < 0
        ? throw new InvalidOperationException("The cursor is not on a row: call MoveNext first, and read only while it returns true.")
        : RowAt(_position);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        if (!_done && _position + 1 < Count)
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
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)Row, 0);

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

    /// <summary>The row of the source at a position from 0 to <see cref="Count"/> - 1.</summary>
    internal int RowAt(long position) => _order is null ? (int)position : _order[position];

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _done = true;
            _position = -1;
            _contents.ForEach(getter => getter.Dispose());
            _contents.Clear();
        }

        base.Dispose(disposing);
    }

    private Delegate MakeGetter(string name)
    {
        switch (name)
        {
            case SourceDataView.LabelColumn:
                return (ValueGetter<uint>)((ref uint value) => value = (uint)(_view.Source.ReadLabel(Row) + 1)); // keys are 1-based, 0 is a missing one
            case SourceDataView.NameColumn:
                return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _view.Source.ReadName(Row).AsMemory());
            default:
                var content = _view.Source.OpenContent(this);
                _contents.Add(content);
                return content.Getter;
        }
    }
}
