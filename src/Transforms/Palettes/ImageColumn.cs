using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Palettes;

/// <summary>Finds and checks a column of images.</summary>
internal static class ImageColumn
{
    private const string Role = "image";

    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        return column.Type is ImageDataViewType ? column : throw SchemaErrors.Mismatch(host, Role, name, "Image", column.Type.ToString() ?? string.Empty);
    }

    internal static void Check(SchemaShape schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Scalar || column.ItemType is not ImageDataViewType)
        {
            throw SchemaErrors.Mismatch(host, Role, name, "Image", SchemaErrors.Describe(column));
        }
    }
}
