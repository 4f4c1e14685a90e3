using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>What a transformer does to one row at a time, given to ML.NET's own view, cursors (parallel where the consumer allows it) and row mapper.</summary>
internal abstract class RowMapping
{
    private readonly ITransformer _owner;

    protected RowMapping(ITransformer owner, IHost host)
    {
        _owner = owner;
        Host = host;
    }

    internal IHost Host { get; }

    internal abstract IReadOnlyList<DataViewSchema.DetachedColumn> Outputs { get; }

    /// <summary>Finds and checks the one input column.</summary>
    internal abstract DataViewSchema.Column FindInput(DataViewSchema schema);

    /// <summary>A getter for an output, reading from that row. Each is used on one thread at a time.</summary>
    internal abstract Delegate CreateGetter(DataViewRow input, int output);

    internal DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        FindInput(inputSchema);
        return RowToRowMapperTransform.GetOutputSchema(inputSchema, new Mapper(this, inputSchema));
    }

    internal IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new RowToRowMapperTransform(Host, input, new Mapper(this, input.Schema), schema => new Mapper(this, schema));
    }

    internal IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return new RowToRowMapperTransform(Host, new EmptyDataView(Host, inputSchema), new Mapper(this, inputSchema), schema => new Mapper(this, schema));
    }

    private sealed class Mapper(RowMapping mapping, DataViewSchema inputSchema) : IRowMapper
    {
        private readonly int _input = mapping.FindInput(inputSchema).Index;

        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. mapping.Outputs];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
            => Enumerable.Range(0, mapping.Outputs.Count).Any(activeOutput) ? column => column == _input : _ => false;

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return [.. Enumerable.Range(0, mapping.Outputs.Count).Select(output => activeOutput(output) ? mapping.CreateGetter(input, output) : null!)];
        }

        public ITransformer GetTransformer() => mapping._owner;

        public void Save(ModelSaveContext ctx) => mapping._owner.Save(ctx);
    }
}
