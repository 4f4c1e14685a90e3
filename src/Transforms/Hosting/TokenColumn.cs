using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The token column: <c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>, raster order.</summary>
internal static class TokenColumn
{
    /// <summary>The annotation that holds the palette's centers: Vector&lt;Single, K, 3&gt; in [-1, 1].</summary>
    internal const string PaletteAnnotation = "Palette";

    private const string Role = "token";

    /// <summary>The expected type, for errors.</summary>
    internal static string Describe(int? colors, int? context)
        => $"Vector<Key<UInt16{(colors is { } k ? $", 0-{k - 1}" : string.Empty)}>{(context is { } t ? $", {t}" : string.Empty)}>";

    /// <summary>Checks the column of a schema shape.</summary>
    internal static void Check(SchemaShape schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || !column.IsKey || column.ItemType != NumberDataViewType.UInt16)
        {
            throw SchemaErrors.Mismatch(host, Role, name, "known-size vector of Key<UInt16>", SchemaErrors.Describe(column));
        }
    }

    /// <summary>Finds the column and checks its type, and its sizes if given.</summary>
    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string name, int? colors, int? context)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Type is not VectorDataViewType { Size: > 0 } vector || vector.ItemType is not KeyDataViewType key || key.RawType != typeof(ushort)
            || (context is { } t && vector.Size != t) || (colors is { } k && key.Count != (ulong)k))
        {
            throw SchemaErrors.Mismatch(host, Role, name, Describe(colors, context), column.Type.ToString() ?? string.Empty);
        }

        return column;
    }

    /// <summary>The centers of the column's palette, (K, 3); null if the column has no annotation of that type.</summary>
    internal static float[]? FindCenters(DataViewSchema.Column column)
    {
        var annotation = column.Annotations.Schema.GetColumnOrNull(PaletteAnnotation);
        if (annotation?.Type is not VectorDataViewType vector || vector.ItemType != NumberDataViewType.Single || vector.Size % 3 != 0)
        {
            return null;
        }

        VBuffer<float> centers = default;
        column.Annotations.GetValue(PaletteAnnotation, ref centers);
        return [.. centers.DenseValues()];
    }

    /// <summary>Checks that a column's tokens are those of a palette. A column that does not say its palette passes.</summary>
    internal static void RequirePalette(DataViewSchema.Column column, IExceptionContext? host, ReadOnlySpan<float> centers)
    {
        if (FindCenters(column) is { } own && !centers.SequenceEqual(own))
        {
            throw SchemaErrors.Mismatch(host, Role, column.Name, "tokens of the model's palette, from QuantizeToPalette with the model",
                "tokens of another palette, which mean other colors. If that is intended, set ChecksPalette to false");
        }
    }

    /// <summary>The column's number of colors and of positions.</summary>
    internal static (int Colors, int Context) Sizes(DataViewSchema.Column column)
    {
        var vector = (VectorDataViewType)column.Type;
        return ((int)((KeyDataViewType)vector.ItemType).Count, vector.Size);
    }

    /// <summary>Converts keys to 0-based tokens, and returns whether none is missing. Keys are 1-based in ML.NET, with 0 for a missing value.</summary>
    internal static bool TryRead(in VBuffer<ushort> keys, Span<ushort> tokens)
    {
        if (!keys.IsDense)
        {
            return false; // the implicit values of a sparse key vector are missing
        }

        var values = keys.GetValues();
        var complete = true;
        for (var i = 0; i < values.Length; i++)
        {
            complete &= values[i] != 0;
            tokens[i] = (ushort)(values[i] - 1);
        }

        return complete;
    }
}
