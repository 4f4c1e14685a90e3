using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.Data;

/// <summary>Writes a column of numeric values or keys as an npy array, row by row: (rows), or (rows, …) with the dimensions of a vector.</summary>
internal sealed class NpyColumn
{
    private const string Role = "npy";
    private const string Expected = "Single, Double, Byte, UInt16, Int32, Int64, Key<Byte>, Key<UInt16> or Key<UInt32>, or a known-size vector of one of them";

    private readonly IDataView _data;
    private readonly DataViewSchema.Column _column;
    private readonly VectorDataViewType? _vector;
    private readonly Action<Stream> _write;

    private NpyColumn(IDataView data, DataViewSchema.Column column, IExceptionContext host)
    {
        (_data, _column, _vector) = (data, column, column.Type as VectorDataViewType);
        DataViewType item = _vector?.ItemType ?? column.Type;
        var isKey = item is KeyDataViewType { Count: <= int.MaxValue };
        _write = item.RawType switch
        {
            _ when _vector is { IsKnownSize: false } => throw NoArray(),
            var type when type == typeof(byte) && isKey => stream => Write<byte>(stream, NpyType.UInt8, row => Number(row, key => (byte)(key - 1))),
            var type when type == typeof(ushort) && isKey => stream => Write<ushort>(stream, NpyType.UInt16, row => Number(row, key => (ushort)(key - 1))),
            var type when type == typeof(uint) && isKey => stream => Write<uint>(stream, NpyType.Int32, row => Number(row, key => key - 1)),
            _ when item is not NumberDataViewType => throw NoArray(),
            var type when type == typeof(float) => stream => Write<float>(stream, NpyType.Float32),
            var type when type == typeof(double) => stream => Write<double>(stream, NpyType.Float64),
            var type when type == typeof(byte) => stream => Write<byte>(stream, NpyType.UInt8),
            var type when type == typeof(ushort) => stream => Write<ushort>(stream, NpyType.UInt16),
            var type when type == typeof(int) => stream => Write<int>(stream, NpyType.Int32),
            var type when type == typeof(long) => stream => Write<long>(stream, NpyType.Int64),
            _ => throw NoArray(),
        };

        Exception NoArray() => SchemaErrors.Mismatch(host, Role, column.Name, Expected, column.Type.ToString() ?? string.Empty);
    }

    /// <summary>Finds the column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has an unsupported type.</exception>
    internal static NpyColumn Require(IDataView data, IExceptionContext host, string name) =>
        new(data, SchemaErrors.Require(data.Schema, host, Role, name), host);

    /// <summary>Writes the array.</summary>
    /// <exception cref="InvalidDataException">A key is missing, or the number of rows differs from the view's row count.</exception>
    internal void Write(Stream stream) => _write(stream);

    private void Write<T>(Stream stream, NpyType type, Func<T[], bool>? change = null)
        where T : unmanaged
    {
        // A header with the longest number keeps the place of one that is written when the rows have been counted by writing them.
        var known = _data.GetRowCount() ?? (stream.CanSeek ? null : CountRows());
        var start = known is null ? stream.Position : 0;
        NpyFormat.WriteHeader(stream, type, Shape(known ?? int.MaxValue));
        var header = known is null ? checked((int)(stream.Position - start)) : 0;
        var row = new T[_vector?.Size ?? 1];
        var written = 0;
        using var cursor = _data.GetRowCursor([_column]);
        var read = Reader(cursor, row);
        for (; cursor.MoveNext(); written++)
        {
            read();
            if (change?.Invoke(row) == false)
            {
                throw new InvalidDataException($"Row {written + 1} has no value in column '{_column.Name}', and an npy array has no missing values.");
            }

            stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        }

        if (known is null)
        {
            var end = stream.Position;
            stream.Position = start;
            NpyFormat.WriteHeader(stream, type, Shape(written), header);
            stream.Position = end;
        }
        else if (written != known)
        {
            throw new InvalidDataException($"The data has {written} rows; its row count is {known}.");
        }
    }

    private int[] Shape(long rows) => [checked((int)rows), .. _vector?.Dimensions ?? []];

    private Action Reader<T>(DataViewRowCursor cursor, T[] row)
    {
        if (_vector is null)
        {
            var getValue = cursor.GetGetter<T>(_column);
            return () => getValue(ref row[0]);
        }

        VBuffer<T> values = default;
        var getValues = cursor.GetGetter<VBuffer<T>>(_column);
        return () =>
        {
            getValues(ref values);
            values.CopyTo(row);
        };
    }

    /// <summary>Converts keys to 0-based values, as other libraries use. False if a key is missing, which ML.NET stores as 0.</summary>
    private static bool Number<T>(T[] row, Func<T, T> number)
        where T : unmanaged, IEquatable<T>
    {
        if (row.AsSpan().Contains(default))
        {
            return false;
        }

        for (var i = 0; i < row.Length; i++)
        {
            row[i] = number(row[i]);
        }

        return true;
    }

    /// <summary>Counts the rows of a view without a row count, such as a filter. No column is read.</summary>
    private long CountRows()
    {
        using var cursor = _data.GetRowCursor([]);
        var rows = 0L;
        while (cursor.MoveNext())
        {
            rows++;
        }

        return rows;
    }
}
