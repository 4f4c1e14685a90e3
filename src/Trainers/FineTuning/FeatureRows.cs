using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.FineTuning;

/// <summary>Features in memory as a data view of one column.</summary>
internal static class FeatureRows
{
    private static readonly MLContext Context = new();

    /// <summary>Creates a view of vectors of <paramref name="width"/> values. The vector size is known even if there are no rows.</summary>
    internal static IDataView Create(string columnName, int width, IReadOnlyList<float[]> rows)
    {
        var definition = SchemaDefinition.Create(typeof(Row));
        var column = definition[nameof(Row.Values)];
        column.ColumnType = new VectorDataViewType(NumberDataViewType.Single, width);
        column.ColumnName = columnName;
        return Context.Data.LoadFromEnumerable(rows.Select(values => new Row { Values = values }).ToList(), definition);
    }

    private sealed class Row
    {
        public float[] Values { get; set; } = [];
    }
}
