using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>The output schema of an estimator, derived from the columns of its transformer.</summary>
internal static class SchemaPromise
{
    /// <summary>The input's columns with the outputs added, which replace columns of the same name.</summary>
    internal static SchemaShape Extend(SchemaShape input, IEnumerable<DataViewSchema.DetachedColumn> outputs)
    {
        var columns = input.ToDictionary(column => column.Name);
        foreach (var column in SchemaShape.Create(Extend(new DataViewSchema.Builder().ToSchema(), outputs)))
        {
            columns[column.Name] = column;
        }

        return new SchemaShape(columns.Values);
    }

    /// <summary>The input's columns followed by the outputs.</summary>
    internal static DataViewSchema Extend(DataViewSchema input, IEnumerable<DataViewSchema.DetachedColumn> outputs)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumns(outputs);
        return builder.ToSchema();
    }
}
