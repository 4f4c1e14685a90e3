using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The label column of a classifier: a key of UInt32, as for ML.NET's own multiclass trainers.</summary>
internal static class LabelColumn
{
    private const string Role = "label";
    private const string Expected = "Key<UInt32>";

    /// <summary>Checks the column of a schema shape.</summary>
    internal static SchemaShape.Column Check(SchemaShape schema, IExceptionContext host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        return column.Kind == SchemaShape.Column.VectorKind.Scalar && column.IsKey && column.ItemType == NumberDataViewType.UInt32
            ? column
            : throw SchemaErrors.Mismatch(host, Role, name, Expected, SchemaErrors.Describe(column));
    }

    /// <summary>Finds the column, which must have at least <paramref name="leastClasses"/> classes.</summary>
    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext host, string name, int leastClasses = 2)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Type is not KeyDataViewType key || key.RawType != typeof(uint))
        {
            throw SchemaErrors.Mismatch(host, Role, name, Expected, column.Type.ToString() ?? string.Empty);
        }

        return key.Count >= (ulong)leastClasses && key.Count <= int.MaxValue
            ? column
            : throw SchemaErrors.Mismatch(host, Role, name, $"{Expected} of {(leastClasses == 2 ? "two classes" : "a class")} or more", column.Type.ToString()
                ?? string.Empty);
    }

    /// <summary>The number of classes.</summary>
    internal static int Count(DataViewSchema.Column column) => (int)((KeyDataViewType)column.Type).Count;
}
