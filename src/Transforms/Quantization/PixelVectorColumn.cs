using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Quantization;

/// <summary>The column of vectors of pixels.</summary>
internal static class PixelVectorColumn
{
    private const string Role = "pixel";

    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string name, int length)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        return column.Type is VectorDataViewType { ItemType: var item, Size: var size } && IsNumber(item) && size == length
            ? column
            : throw SchemaErrors.Mismatch(host, Role, name, $"vector of {length} Single or Byte", column.Type.ToString() ?? string.Empty);
    }

    internal static void Check(SchemaShape schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || !IsNumber(column.ItemType) || column.IsKey)
        {
            throw SchemaErrors.Mismatch(host, Role, name, "vector of Single or Byte", SchemaErrors.Describe(column));
        }
    }

    private static bool IsNumber(DataViewType item) => item == NumberDataViewType.Single || item == NumberDataViewType.Byte;
}
