using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Hosting;

/// <summary>Maps one row at a time, for prediction engines: the same computation with a batch of one.</summary>
internal sealed class BatchedRowMapper : IRowToRowMapper
{
    private readonly BatchedMapping _mapping;

    internal BatchedRowMapper(BatchedMapping mapping, DataViewSchema inputSchema)
    {
        _mapping = mapping;
        InputSchema = inputSchema;
        OutputSchema = mapping.GetOutputSchema(inputSchema);
    }

    /// <inheritdoc/>
    public DataViewSchema InputSchema { get; }

    /// <inheritdoc/>
    public DataViewSchema OutputSchema { get; }

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var active = ActiveColumns.Of(OutputSchema, dependingColumns);
        var tokens = _mapping.FindInput(InputSchema);
        var computes = active.AnyFrom(InputSchema.Count);
        return InputSchema.Where(column => active.Contains(column.Index) || (computes && column.Index == tokens.Index));
    }

    /// <inheritdoc/>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedRow(this, input, ActiveColumns.Of(OutputSchema, activeColumns));
    }

    private sealed class MappedRow : DataViewRow
    {
        private readonly BatchedRowMapper _mapper;
        private readonly DataViewRow _input;
        private readonly ActiveColumns _active;
        private readonly TokenBatch? _batch;
        private readonly TokenReader? _tokens;
        private long _computed = -1;

        internal MappedRow(BatchedRowMapper mapper, DataViewRow input, ActiveColumns active)
        {
            _mapper = mapper;
            _input = input;
            _active = active;
            if (active.AnyFrom(mapper.InputSchema.Count))
            {
                _batch = new TokenBatch(mapper._mapping, 1);
                _tokens = mapper._mapping.CreateReader(input);
            }
        }

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override DataViewSchema Schema => _mapper.OutputSchema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _active.Check(column);
            var inputCount = _mapper.InputSchema.Count;
            return column.Index < inputCount
                ? _input.GetGetter<TValue>(_input.Schema[column.Index])
                : ActiveColumns.Cast<TValue>(_mapper._mapping.Columns[column.Index - inputCount].CreateGetter(_input, Current), column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _input.Dispose();
            }

            base.Dispose(disposing);
        }

        private ReadOnlyMemory<float> Current()
        {
            if (_input.Position < 0)
            {
                throw new InvalidOperationException("The row holds no values yet.");
            }

            if (_computed != _input.Position)
            {
                _batch!.Clear();
                _batch.Add(_tokens!);
                _batch.Compute();
                _computed = _input.Position;
            }

            return _batch![0];
        }
    }
}
