using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Classification;

/// <summary>Selected rows of arrays in memory as a data view that trainers may shuffle. Values are copied only when a row is read.</summary>
internal sealed class MemoryView : IDataView
{
    private readonly int[] _rows;
    private readonly DataViewSchema.Builder _builder = new();
    private readonly List<Func<Func<int>, Delegate>> _getters = [];
    private DataViewSchema? _schema;

    /// <param name="rows">The rows of the arrays, in this order.</param>
    internal MemoryView(int[] rows) => _rows = rows;

    /// <summary>Reads the value of a row.</summary>
    internal delegate void Reader<T>(int row, ref T value);

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public DataViewSchema Schema => _schema ??= _builder.ToSchema();

    /// <summary>Adds a column of features.</summary>
    internal MemoryView Add(string name, FeatureMatrix features)
        => Add(name, new VectorDataViewType(NumberDataViewType.Single, features.Width), (int row, ref VBuffer<float> value) =>
        {
            var editor = VBufferEditor.Create(ref value, features.Width);
            features[row].CopyTo(editor.Values);
            value = editor.Commit();
        });

    /// <summary>Adds a key column of 0-based classes.</summary>
    internal MemoryView Add(string name, int[] labels, int classes)
        => Add(name, new KeyDataViewType(typeof(uint), classes), (int row, ref uint value) => value = (uint)labels[row] + 1);

    internal MemoryView Add<T>(string name, DataViewType type, Reader<T> read)
    {
        _builder.AddColumn(name, type);
        _getters.Add(row => (ValueGetter<T>)((ref T value) => read(row(), ref value)));
        return this;
    }

    /// <inheritdoc/>
    public long? GetRowCount() => _rows.Length;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var order = _rows;
        if (rand is not null)
        {
            order = [.. _rows];
            for (var i = order.Length - 1; i > 0; i--)
            {
                var j = rand.Next(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }
        }

        return new Cursor(this, [.. columnsNeeded.Select(column => column.Index)], order);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(MemoryView view, HashSet<int> active, int[] order) : DataViewRowCursor
    {
        private const int End = -2;

        private int _position = -1;

        /// <inheritdoc/>
        public override DataViewSchema Schema => view.Schema;

        /// <inheritdoc/>
        public override long Position => Math.Max(_position, -1);

        /// <inheritdoc/>
        public override long Batch => 0;

        /// <inheritdoc/>
        public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

        /// <inheritdoc/>
        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => IsColumnActive(column)
                ? view._getters[column.Index](() => order[_position]) as ValueGetter<TValue>
                    ?? throw new InvalidOperationException($"The values of column '{column.Name}' are not of type {typeof(TValue)}.")
                : throw new ArgumentOutOfRangeException(nameof(column), column.Name, $"Column '{column.Name}' is not active in this cursor.");

        /// <inheritdoc/>
        public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)order[_position], 0);

        /// <inheritdoc/>
        public override bool MoveNext()
        {
            _position = _position == End || _position + 1 >= order.Length ? End : _position + 1;
            return _position != End;
        }
    }
}
