using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// One pass over a <see cref="SourceDataView"/>, or one of several cursors that share a pass. Of n cursors, cursor i has every n-th batch of rows, starting
/// with batch i; the batch numbers state how to merge the parts. A value is created when its getter is called, so a pass that never reads images decodes none.
/// </summary>
internal sealed class SourceCursor : DataViewRowCursor
{
    /// <summary>
    /// The rows of a batch: enough that handing over a batch costs little, but few enough that not many rows are read needlessly by a pass that stops early.
    /// </summary>
    internal const int BatchRows = 32;

    private readonly SourceDataView _view;
    private readonly bool[] _active;
    private readonly int[]? _order;
    private readonly int _part;
    private readonly int _parts;
    private readonly List<ContentGetter> _contents = [];
    private long _position = -1;
    private bool _done;

    /// <param name="view">The view.</param>
    /// <param name="active">For each column of the view, whether it may be read.</param>
    /// <param name="order">The row of the source at each position, or null for the order of the source.</param>
    /// <param name="part">The 0-based index of this cursor.</param>
    /// <param name="parts">The number of cursors that share the pass, 1 or more.</param>
    public SourceCursor(SourceDataView view, bool[] active, int[]? order, int part = 0, int parts = 1)
    {
        _view = view;
        _active = active;
        _order = order;
        _part = part;
        _parts = parts;
        Count = CountRows(view.Source.Count, part, parts);
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _view.Schema;

    /// <inheritdoc/>
    public override long Position => _position;

    /// <inheritdoc/>
    public override long Batch => _parts == 1 ? 0 : (Math.Max(0, _position) / BatchRows * _parts) + _part;

    /// <summary>The number of positions.</summary>
    internal int Count { get; }

    /// <summary>Whether other cursors read other rows of the same pass, on threads of their own.</summary>
    internal bool IsPart => _parts > 1;

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
            throw new InvalidOperationException($"Column '{column.Name}' has values of type {type}, not {typeof(TValue)}.");
        }

        return (ValueGetter<TValue>)MakeGetter(Schema[column.Index].Name);
    }

    /// <summary>The row of the source at a position from 0 to <see cref="Count"/> - 1.</summary>
    internal int RowAt(long position)
    {
        var place = _parts == 1 ? position : (((position / BatchRows * _parts) + _part) * BatchRows) + (position % BatchRows);
        return _order is null ? (int)place : _order[place];
    }

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

    private static int CountRows(int rows, int part, int parts)
    {
        if (parts == 1)
        {
            return rows;
        }

        var (turns, rest) = Math.DivRem(rows, BatchRows * parts);
        return (turns * BatchRows) + Math.Clamp(rest - (part * BatchRows), 0, BatchRows);
    }

    private Delegate MakeGetter(string name)
    {
        switch (name)
        {
            case SourceDataView.LabelColumn:
                return (ValueGetter<uint>)((ref uint value) => value = (uint)(_view.Source.ReadLabel(Row) + 1)); // keys are 1-based; 0 is a missing value
            case SourceDataView.NameColumn:
                return (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = _view.Source.ReadName(Row).AsMemory());
            default:
                var content = _view.Source.OpenContent(this);
                _contents.Add(content);
                return content.Getter;
        }
    }
}
