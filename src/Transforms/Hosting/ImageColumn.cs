using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Hosting;

/// <summary>Finds, checks and creates columns of images.</summary>
internal static class ImageColumn
{
    private const string Role = "image";

    /// <summary>Defines a column of images of a fixed size, or of any size.</summary>
    internal static DataViewSchema.DetachedColumn Define(string name, int height, int width) => new(name, new ImageDataViewType(height, width), null);

    /// <inheritdoc cref="Define(string, int, int)"/>
    internal static DataViewSchema.DetachedColumn Define(string name) => new(name, new ImageDataViewType(), null);

    /// <summary>Creates a getter by ML.NET's convention: it disposes the previous image of the variable that is passed to it.</summary>
    /// <param name="create">Creates the current row's image, which the caller then owns; null if the row has none.</param>
    internal static ValueGetter<MLImage> CreateGetter(Func<MLImage?> create)
    {
        MLImage? last = null;
        return (ref MLImage value) =>
        {
            if (value is not null && ReferenceEquals(value, last))
            {
                last.Dispose();
            }

            last = create();
            value = last!;
        };
    }

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
