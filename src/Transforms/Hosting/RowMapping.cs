using IGptMl.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Maps one row at a time, with ML.NET's own view, cursors (parallel if the consumer allows it) and row mapper.</summary>
/// <param name="owner">The transformer, which is saved when ML.NET's view is saved.</param>
/// <param name="host">The host, for errors.</param>
/// <param name="inputColumnName">The input column.</param>
internal abstract class RowMapping(ITransformer owner, IHost host, string inputColumnName) : ColumnMapping(host, inputColumnName)
{
    /// <summary>Creates a getter of an output column for a row. Each getter is used on one thread at a time.</summary>
    internal abstract Delegate CreateGetter(DataViewRow input, int output);

    /// <summary>The error of a mapping that cannot be converted to ONNX; null if it can.</summary>
    internal virtual NotSupportedException? WhyNotOnnx => OnnxRefusal.Of(Definitions);

    /// <summary>Adds the computation to a graph: the value of the input column (N, …) → a value for each output column.</summary>
    internal virtual IReadOnlyList<string> AddTo(OnnxGraph graph, string input, DataViewSchema.Column column) => throw OnnxRefusal.Of(Definitions);

    internal override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return CreateView(input);
    }

    internal override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return CreateView(new EmptyDataView(Host, inputSchema));
    }

    private RowToRowMapperTransform CreateView(IDataView input)
        => new(Host, input, new Mapper(owner, this, input.Schema), schema => new Mapper(owner, this, schema));

    private sealed class Mapper(ITransformer owner, RowMapping mapping, DataViewSchema inputSchema) : IRowMapper, ISaveAsOnnx
    {
        private readonly DataViewSchema.DetachedColumn[] _outputs = [.. mapping.Definitions];
        private readonly int _input = mapping.FindInput(inputSchema).Index;

        public DataViewSchema.DetachedColumn[] GetOutputColumns() => [.. _outputs];

        public Func<int, bool> GetDependencies(Func<int, bool> activeOutput)
            => Enumerable.Range(0, _outputs.Length).Any(activeOutput) ? column => column == _input : _ => false;

        public Delegate[] CreateGetters(DataViewRow input, Func<int, bool> activeOutput, out Action? disposer)
        {
            disposer = null;
            return [.. Enumerable.Range(0, _outputs.Length).Select(output => activeOutput(output) ? mapping.CreateGetter(input, output) : null!)];
        }

        public ITransformer GetTransformer() => owner;

        public void Save(ModelSaveContext ctx) => owner.Save(ctx);

        // What cannot be converted is an error; false would leave it out of the graph.
        public bool CanSaveOnnx(OnnxContext ctx) => mapping.WhyNotOnnx is { } error ? throw error : true;

        public void SaveAsOnnx(OnnxContext ctx)
        {
            ctx.CheckOpSetVersion(ConvertedGraph.LeastOpset, owner.GetType().Name);
            var graph = new ConvertedGraph(ctx);
            var values = mapping.AddTo(graph, graph.Column(mapping.InputColumnName), inputSchema[_input]);
            foreach (var (column, value) in _outputs.Zip(values))
            {
                graph.Assign(value, column);
            }
        }
    }
}
