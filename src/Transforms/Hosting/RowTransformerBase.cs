using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>The base class of this library's transformers, which add columns to each row that depend only on that row.</summary>
public abstract class RowTransformerBase : ITransformer
{
    private protected RowTransformerBase(IHostEnvironment environment) => Host = HostSettings.Register(environment, GetType().Name);

    /// <summary>The input column.</summary>
    public string InputColumnName => Mapping.InputColumnName;

    bool ITransformer.IsRowToRowMapper => true;

    private protected IHost Host { get; }

    private protected abstract ColumnMapping Mapping { get; }

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Mapping.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    /// <remarks>Rows are computed when they are read, again in every pass. Cache the columns if there are several passes.</remarks>
    public IDataView Transform(IDataView input) => Mapping.Transform(input);

    IRowToRowMapper ITransformer.GetRowToRowMapper(DataViewSchema inputSchema) => Mapping.GetRowToRowMapper(inputSchema);

    void ICanSaveModel.Save(ModelSaveContext ctx) => Save(ComponentWriter.Begin(ctx, this));

    /// <summary>Writes the content of the component.</summary>
    private protected abstract void Save(ComponentWriter writer);
}
