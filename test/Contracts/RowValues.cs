using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Contracts;

/// <summary>The name of a row, and the values of some of its columns, concatenated.</summary>
public sealed record RowValues(string Name, double[] Values)
{
    /// <summary>Reads the rows of a view in their order.</summary>
    public static List<RowValues> Read(IDataView view, IReadOnlyList<string> columns, Random? rand = null)
    {
        using var cursor = view.GetRowCursor([view.Schema["Name"], .. columns.Select(name => view.Schema[name])], rand);
        return Read(cursor, columns);
    }

    /// <summary>Reads the rest of a cursor.</summary>
    public static List<RowValues> Read(DataViewRowCursor cursor, IReadOnlyList<string> columns)
    {
        var read = Reader(cursor, columns);
        var rows = new List<RowValues>();
        while (cursor.MoveNext())
        {
            rows.Add(read());
        }

        return rows;
    }

    /// <summary>Creates a function that reads the current row. The name comes from <paramref name="named"/>, if given.</summary>
    public static Func<RowValues> Reader(DataViewRow row, IReadOnlyList<string> columns, DataViewRow? named = null)
    {
        var name = (named ?? row).GetGetter<ReadOnlyMemory<char>>((named ?? row).Schema["Name"]);
        var getters = columns.Select(column => ValuesOf(row, row.Schema[column])).ToList();
        return () =>
        {
            ReadOnlyMemory<char> text = default;
            name(ref text);
            return new RowValues(text.ToString(), [.. getters.SelectMany(getter => getter())]);
        };
    }

    /// <summary>
    /// Checks that every row of <paramref name="actual"/> has the values of the expected row with the same name, bit for bit or within a tolerance relative to
    /// the row's largest absolute value.
    /// </summary>
    public static void AssertAligned(IEnumerable<RowValues> expected, IReadOnlyCollection<RowValues> actual, double tolerance = 0)
    {
        var byName = expected.ToDictionary(row => row.Name, row => row.Values);
        Assert.IsNotEmpty(actual);
        foreach (var (name, values) in actual)
        {
            var wanted = byName[name];
            Assert.HasCount(wanted.Length, values, name);
            var allowed = tolerance * wanted.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            for (var i = 0; i < values.Length; i++)
            {
                var equal = BitConverter.DoubleToInt64Bits(wanted[i]) == BitConverter.DoubleToInt64Bits(values[i])
                    || Math.Abs(wanted[i] - values[i]) <= allowed;
                Assert.IsTrue(equal, $"Value {i} of {name} is {values[i]:R}; expected {wanted[i]:R}.");
            }
        }
    }

    /// <summary>Checks that the rows are the same, in the same order, bit for bit.</summary>
    public static void AssertSame(IReadOnlyList<RowValues> expected, IReadOnlyList<RowValues> actual)
    {
        CollectionAssert.AreEqual(expected.Select(r => r.Name).ToList(), actual.Select(r => r.Name).ToList());
        AssertAligned(expected, actual);
    }

    private static Func<double[]> ValuesOf(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        VectorDataViewType { ItemType.RawType: var item } when item == typeof(float) => Vector<float>(row, column, value => value),
        VectorDataViewType { ItemType.RawType: var item } when item == typeof(ushort) => Vector<ushort>(row, column, value => value),
        Microsoft.ML.Transforms.Image.ImageDataViewType => Image(row, column),
        { RawType: var type } when type == typeof(float) => Scalar<float>(row, column, value => value),
        { RawType: var type } when type == typeof(uint) => Scalar<uint>(row, column, value => value),
        _ => throw new NotSupportedException($"Column '{column.Name}' is {column.Type}."),
    };

    private static Func<double[]> Image(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<MLImage>(column);
        MLImage image = null!;
        return () =>
        {
            getter(ref image);
            return image is null ? [double.NaN] : [image.Width, image.Height, .. image.Pixels.ToArray().Select(value => (double)value)];
        };
    }

    private static Func<double[]> Vector<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            return [.. buffer.DenseValues().Select(convert)];
        };
    }

    private static Func<double[]> Scalar<T>(DataViewRow row, DataViewSchema.Column column, Func<T, double> convert)
    {
        var getter = row.GetGetter<T>(column);
        T value = default!;
        return () =>
        {
            getter(ref value);
            return [convert(value)];
        };
    }
}
