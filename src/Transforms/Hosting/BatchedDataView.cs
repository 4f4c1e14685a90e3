using IGptMl.Onnx;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace IGptMl.Hosting;

/// <summary>The lazy view of a <see cref="BatchedMapping"/> over its input. ML.NET's conversion to ONNX sees it as one of its own transforms.</summary>
internal sealed class BatchedDataView : IDataTransform, ITransformCanSaveOnnx
{
    /// <summary>The pass that is warned about. A few passes are usual: for the labels, for normalization, and for the training itself.</summary>
    private const int WarningPass = 4;

    private readonly BatchedMapping _mapping;
    private readonly IDataView _input;
    private int _passes;

    internal BatchedDataView(BatchedMapping mapping, IDataView input)
    {
        _mapping = mapping;
        _input = input;
        Schema = mapping.GetOutputSchema(input.Schema);
    }

    IDataView IDataTransform.Source => _input;

    /// <inheritdoc/>
    public bool CanShuffle => _input.CanShuffle;

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public long? GetRowCount() => _input.GetRowCount();

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = ActiveColumns.Of(Schema, columnsNeeded);
        var inputs = _input.Schema.Where(column => active.Contains(column.Index)).ToList();
        if (!active.AnyFrom(_input.Schema.Count))
        {
            return new BatchedCursor(_mapping, Schema, active, _input.GetRowCursor(inputs, rand), null);
        }

        if (Interlocked.Increment(ref _passes) == WarningPass)
        {
            WarnOfPasses();
        }

        var tokens = _mapping.FindInput(_input.Schema);
        if (!active.Contains(tokens.Index) && _mapping.Columns.Where((_, i) => active.Contains(_input.Schema.Count + i)).Any(column => column.ReadsInput))
        {
            inputs.Add(tokens);
        }

        // Batches read ahead, while all other columns must return the current row: two cursors iterate over the same view in the same order.
        var seed = rand?.Next();
        return new BatchedCursor(
            _mapping,
            Schema,
            active,
            _input.GetRowCursor(inputs, RowShuffle.Of(seed)),
            _input.GetRowCursor([tokens], RowShuffle.Of(seed)));
    }

    /// <inheritdoc/>
    /// <remarks>Returns one cursor, as the network already uses all cores, or the GPU.</remarks>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException("A view is not saved; save the transformer.");

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => true; // what cannot be converted is an error; false would leave it out of the graph

    /// <summary>Keys (N, T) are 1-based, and 0 where they are missing: such a row has NaN in every column, and missing keys.</summary>
    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx)
    {
        ctx.CheckOpSetVersion(ConvertedGraph.LeastOpset, nameof(BatchedDataView));
        var graph = new ConvertedGraph(ctx);
        var keys = graph.Cast(graph.Column(_mapping.InputColumnName), OnnxType.Int64);
        var columns = _mapping.AddTo(graph, graph.Binary("Sub", keys, graph.Integers(1)));
        var isMissing = graph.Binary("Less", graph.Reduce("ReduceMin", keys, 1, keeps: true), graph.Integers(1));
        foreach (var (column, value) in _mapping.Columns.Zip(columns))
        {
            var isKey = column.Definition.Type is KeyDataViewType;
            var missing = isKey ? graph.Integers(0) : graph.Number(float.NaN);
            var known = graph.Node("Where", [isMissing, missing, value]);
            graph.Assign(isKey ? graph.Cast(known, OnnxType.UInt32) : known, column.Definition);
        }
    }

    private void WarnOfPasses()
    {
        var names = string.Join(", ", _mapping.Columns.Select(column => $"'{column.Definition.Name}'"));
        using var channel = _mapping.Host.Start("Cursor");
        channel.Warn(
            $"The network runs again in every pass over {names}; this is pass {WarningPass}. To run it once, append AppendCacheCheckpoint(mlContext) to the "
            + "pipeline before the trainer, or call mlContext.Data.Cache.");
    }
}
