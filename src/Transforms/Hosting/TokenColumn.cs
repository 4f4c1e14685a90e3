using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>
/// The token column: <c>Vector&lt;Key&lt;UInt16, K&gt;, T&gt;</c>, raster order. Keys of <see cref="uint"/>, as ML.NET's own are, and of <see cref="byte"/> are
/// read, too.
/// </summary>
internal static class TokenColumn
{
    /// <summary>The annotation that holds the palette's centers: Vector&lt;Single, K, 3&gt; in [-1, 1].</summary>
    internal const string PaletteAnnotation = "Palette";

    private const string Role = "token";

    private static readonly Type[] RawTypes = [typeof(ushort), typeof(uint), typeof(byte)];

    /// <summary>The expected type, for errors.</summary>
    internal static string Describe(int? colors, int? context)
        => $"Vector<Key<UInt16{(colors is { } k ? $", 0-{k - 1}" : string.Empty)}>{(context is { } t ? $", {t}" : string.Empty)}>";

    /// <summary>Checks the column of a schema shape.</summary>
    internal static void Check(SchemaShape schema, IExceptionContext? host, string name)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || !column.IsKey || !RawTypes.Contains(column.ItemType.RawType))
        {
            throw SchemaErrors.Mismatch(host, Role, name, "known-size vector of Key<UInt16>", SchemaErrors.Describe(column));
        }
    }

    /// <summary>Finds the column and checks its type, and its sizes if given.</summary>
    internal static DataViewSchema.Column Require(DataViewSchema schema, IExceptionContext? host, string name, int? colors, int? context)
    {
        var column = SchemaErrors.Require(schema, host, Role, name);
        if (column.Type is not VectorDataViewType { Size: > 0 } vector || vector.ItemType is not KeyDataViewType key
            || !RawTypes.Contains(key.RawType) || key.Count > ushort.MaxValue
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

    /// <summary>Creates a reader for the column's tokens in a row, or in a cursor's current row. Not thread-safe.</summary>
    /// <exception cref="InvalidOperationException">A row has another number of tokens than the column's type says. Thrown by the reader.</exception>
    internal static TokenReader CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        var raw = ((VectorDataViewType)column.Type).ItemType.RawType;
        return raw == typeof(ushort) ? CreateReader<ushort>(row, column)
            : raw == typeof(byte) ? CreateReader<byte>(row, column)
            : CreateReader<uint>(row, column);
    }

    /// <summary>Converts keys to 0-based tokens. Keys are 1-based in ML.NET, with 0 for a missing value, which becomes the highest token.</summary>
    private static TokenReader CreateReader<T>(DataViewRow row, DataViewSchema.Column column)
        where T : unmanaged, IBinaryInteger<T>
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> keys = default;
        return tokens =>
        {
            getter(ref keys);
            if (keys.Length != tokens.Length)
            {
                throw new InvalidOperationException($"Column '{column.Name}' should have {tokens.Length} tokens per row, but has {keys.Length}.");
            }

            if (!keys.IsDense)
            {
                tokens.Fill(ushort.MaxValue);
                return false; // the implicit values of a sparse key vector are missing
            }

            var values = keys.GetValues();
            var complete = true;
            for (var i = 0; i < values.Length; i++)
            {
                complete &= values[i] != T.Zero;
                tokens[i] = ushort.CreateTruncating(values[i] - T.One);
            }

            return complete;
        };
    }
}
