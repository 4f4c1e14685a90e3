using System.Runtime.InteropServices;
using IGptMl.Formats;

namespace IGptMl.Batches;

/// <summary>
/// Writes a token file to a temporary file, and renames it when it is complete. Whatever happens meanwhile (an error, a full disk, a second process that writes
/// the same file), there is a complete file or none, and an existing file stays until then.
/// </summary>
internal sealed class TokenFileWriter : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private readonly FileStream _stream;
    private readonly int _colors;
    private readonly int _context;
    private uint _checksum = Crc32C.Start;
    private int _rows;

    /// <param name="path">The file.</param>
    /// <param name="colors">The number of token values.</param>
    /// <param name="context">The number of tokens per row.</param>
    /// <param name="rows">The number of rows, if known: the disk space is then reserved at once, which fails early on a full disk.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    internal TokenFileWriter(string path, int colors, int context, long? rows)
    {
        _path = path;
        _partial = $"{path}.{Path.GetRandomFileName()}.partial";
        _colors = colors;
        _context = context;
        _stream = new FileStream(_partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            BufferSize = 1 << 20,
            PreallocationSize = rows is { } count ? TokenFileHeader.Size + (count * context * sizeof(ushort)) : 0,
        });
        _stream.Write(new byte[TokenFileHeader.Size]);
    }

    /// <summary>Writes a row of 0-based tokens; 65535 is a missing token.</summary>
    internal void Add(ReadOnlySpan<ushort> tokens)
    {
        Write(MemoryMarshal.AsBytes(tokens));
        _rows = checked(_rows + 1);
    }

    /// <summary>Writes the remaining data, and renames the file to its final name.</summary>
    /// <param name="skipped">The number of rows of the data that were skipped.</param>
    /// <param name="labels">The label of each row, 0-based, or -1 if it is missing; null for rows without labels.</param>
    /// <param name="description">How the tokens were produced.</param>
    internal void Complete(long skipped, IReadOnlyCollection<int>? labels, TokenFileDescription description)
    {
        if (labels is not null)
        {
            Write(MemoryMarshal.AsBytes(labels.ToArray().AsSpan()));
        }

        var json = description.ToJson();
        Write(json);
        _stream.SetLength(_stream.Position); // shorter than reserved if rows were skipped
        _stream.Position = 0;
        _stream.Write(new TokenFileHeader(_colors, _context, _rows, skipped, labels is not null, json.Length, ~_checksum).ToBytes());
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_partial, _path, overwrite: true);
    }

    /// <summary>Deletes the temporary file, unless it was completed.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose(); // the buffered data may not fit on the disk
        }
        finally
        {
            File.Delete(_partial);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _stream.Write(bytes);
        _checksum = Crc32C.Append(_checksum, bytes);
    }
}
