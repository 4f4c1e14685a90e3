using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Data;

/// <summary>Finds and checks a column of encoded images: paths of files or their contents.</summary>
internal static class EncodedImageColumn
{
    private const string Role = "image file";
    private const string Expected = "String or vector of Byte";

    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        return IsPath(column) || column.Type is VectorDataViewType { ItemType: var item } && item == NumberDataViewType.Byte
            ? column
            : throw SchemaErrors.Mismatch(host, Role, name, Expected, column.Type.ToString() ?? string.Empty);
    }

    internal static void Check(SchemaShape schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        var isPath = column.Kind == SchemaShape.Column.VectorKind.Scalar && column.ItemType is TextDataViewType;
        if (!isPath && (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.ItemType != NumberDataViewType.Byte || column.IsKey))
        {
            throw SchemaErrors.Mismatch(host, Role, name, Expected, SchemaErrors.Describe(column));
        }
    }

    internal static bool IsPath(DataViewSchema.Column column) => column.Type is TextDataViewType;
}
