using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Results;

/// <summary>A file of tokens: npy, uint16, [images, tokens], numbered from 0 as OpenAI's data files are. Rows are written as they are made.</summary>
internal static class TokenFile
{
    /// <summary>Writes a column of tokens.</summary>
    /// <exception cref="InvalidDataException">A row has no image, or there are not as many as were announced.</exception>
    internal static void Write(Stream stream, IDataView view, string name, int rows)
    {
        var column = view.Schema[name];
        var row = new ushort[TokenColumn.Sizes(column).Context];
        NpyFormat.WriteUInt16Header(stream, rows, row.Length);
        VBuffer<ushort> keys = default;
        var written = 0;
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<ushort>>(column);
        for (; cursor.MoveNext(); written++)
        {
            getter(ref keys);
            if (!TokenColumn.TryRead(keys, row))
            {
                throw new InvalidDataException($"Row {written + 1} has no image.");
            }

            stream.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        }

        if (written != rows)
        {
            throw new InvalidDataException($"The data gave {written} rows where {rows} were announced.");
        }
    }
}
