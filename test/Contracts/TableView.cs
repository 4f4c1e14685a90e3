using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>Rows in memory as a data view: any column type, missing values, shuffling, and a count of the opened cursors.</summary>
public sealed class TableView : IDataView
{
    private readonly DataViewSchema.Builder _builder = new();
    private readonly List<Func<Func<int>, Delegate>> _getters = [];
    private readonly Lazy<DataViewSchema> _schema;
    private int _openedCursors;

    public TableView(int rows)
    {
        RowCount = rows;
        _schema = new Lazy<DataViewSchema>(_builder.ToSchema);
    }

    public int RowCount { get; }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _schema.Value;

    /// <summary>The number of opened cursors.</summary>
    public int OpenedCursors => _openedCursors;

    /// <summary>Adds a column of single values.</summary>
    public TableView Add<T>(string name, DataViewType type, Func<int, T> value, DataViewSchema.Annotations? annotations = null)
    {
        _builder.AddColumn(name, type, annotations);
        _getters.Add(row => (ValueGetter<T>)((ref T target) => target = value(row())));
        return this;
    }

    /// <summary>Adds a column of vectors. A null row has only missing values, as a sparse vector without values.</summary>
    public TableView AddVector<T>(string name, VectorDataViewType type, Func<int, T[]?> values, DataViewSchema.Annotations? annotations = null)
    {
        _builder.AddColumn(name, type, annotations);
        _getters.Add(row => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> target) =>
        {
            var source = values(row()) is { } dense ? new VBuffer<T>(dense.Length, dense) : new VBuffer<T>(type.Size, 0, [], []);
            source.CopyTo(ref target);
        }));
        return this;
    }

    /// <summary>Adds a column that is never read.</summary>
    public TableView AddUnread(string name, DataViewType type)
    {
        _builder.AddColumn(name, type);
        _getters.Add(_ => throw new AssertFailedException($"Column '{name}' was read."));
        return this;
    }

    public long? GetRowCount() => RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Interlocked.Increment(ref _openedCursors);
        int[] order = [.. Enumerable.Range(0, RowCount)];
        rand?.Shuffle(order);
        return new Cursor(this, [.. columnsNeeded.Select(c => c.Index)], order);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(TableView view, HashSet<int> active, int[] order) : DataViewRowCursor
    {
        private int _position = -1;

        public override long Position => _position;

        public override long Batch => 0;

        public override DataViewSchema Schema => view.Schema;

        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            if (!active.Contains(column.Index))
            {
                throw new ArgumentOutOfRangeException(nameof(column), column.Name, "The column is not active.");
            }

            return view._getters[column.Index](() => order[_position]) as ValueGetter<TValue>
                ?? throw new InvalidOperationException($"The values of column '{column.Name}' are not of type {typeof(TValue)}.");
        }

        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)order[_position], 0);

        public override bool MoveNext()
        {
            if (_position == -2 || _position + 1 >= order.Length)
            {
                _position = -2;
                return false;
            }

            _position++;
            return true;
        }
    }
}
