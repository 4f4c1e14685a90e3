using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The columns that a transformer adds to each row, as functions of one input column of the same row.</summary>
/// <param name="host">The host, for errors.</param>
/// <param name="inputColumnName">The input column.</param>
internal abstract class ColumnMapping(IHost host, string inputColumnName)
{
    internal IHost Host { get; } = host;

    internal string InputColumnName { get; } = inputColumnName;

    /// <summary>The columns that are added.</summary>
    internal abstract IEnumerable<DataViewSchema.DetachedColumn> Definitions { get; }

    /// <summary>Finds and checks the input column.</summary>
    internal abstract DataViewSchema.Column FindInput(DataViewSchema schema);

    internal abstract IDataView Transform(IDataView input);

    internal abstract IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema);

    internal DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        FindInput(inputSchema);
        return SchemaPromise.Extend(inputSchema, Definitions);
    }
}
