using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>Iterates over the input's rows, and computes the outputs in batches from a second cursor that reads ahead.</summary>
internal sealed class BatchedCursor : DataViewRowCursor
{
    private readonly BatchedMapping _mapping;
    private readonly ActiveColumns _active;
    private readonly DataViewRowCursor _input;
    private readonly int _inputCount;

    private readonly DataViewRowCursor? _ahead;
    private readonly TokenReader? _aheadTokens;
    private readonly TokenBatch? _batch;
    private readonly Delegate?[] _getters;

    private long _firstOfBatch;

    internal BatchedCursor(BatchedMapping mapping, DataViewSchema schema, ActiveColumns active, DataViewRowCursor input, DataViewRowCursor? ahead)
    {
        _mapping = mapping;
        Schema = schema;
        _active = active;
        _input = input;
        _inputCount = input.Schema.Count;
        _ahead = ahead;
        _getters = new Delegate?[mapping.Columns.Count];
        if (ahead is not null)
        {
            _aheadTokens = mapping.CreateReader(ahead);
            _batch = new TokenBatch(mapping, mapping.BatchSize);
        }
    }

    /// <inheritdoc/>
    public override long Position => _input.Position;

    /// <inheritdoc/>
    public override long Batch => _input.Batch;

    /// <inheritdoc/>
    public override DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    /// <inheritdoc/>
    public override bool MoveNext() => _input.MoveNext();

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _active.Check(column);
        if (column.Index < _inputCount)
        {
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        }

        var output = column.Index - _inputCount;
        var getter = _getters[output] ??= _mapping.Columns[output].CreateGetter(_input, Current);
        return ActiveColumns.Cast<TValue>(getter, column);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _ahead?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The values of the current row. Computes the row's batch on first access.</summary>
    private ReadOnlyMemory<float> Current()
    {
        var position = _input.Position;
        if (position < 0)
        {
            throw new InvalidOperationException("The cursor is not on a row: call MoveNext first, and do not read values after it has returned false.");
        }

        if (position >= _firstOfBatch + _batch!.Count)
        {
            Fill(position);
        }

        return _batch[(int)(position - _firstOfBatch)];
    }

    /// <summary>Moves the look-ahead cursor to the row, and reads up to a batch from there.</summary>
    private void Fill(long position)
    {
        _batch!.Clear();
        while (_ahead!.Position < position)
        {
            if (!_ahead.MoveNext())
            {
                throw new InvalidOperationException(
                    $"The input has ended before row {position}: it gave more rows to the first of two cursors over it than to the second.");
            }
        }

        _firstOfBatch = position;
        do
        {
            _batch.Add(_aheadTokens!);
        }
        while (!_batch.IsFull && _ahead.MoveNext());
        _batch.Compute();
    }
}
