namespace IGptMl.Formats;

/// <summary>A range of a seekable stream, with its own position. Disposing it does not close the stream.</summary>
internal sealed class SliceStream : ReadOnlyStream
{
    private readonly Stream _stream;
    private readonly long _end;
    private long _position;

    /// <summary>The range starts at <paramref name="start"/> and has <paramref name="length"/> bytes.</summary>
    public SliceStream(Stream stream, long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _stream = stream;
        _position = start;
        _end = start + length;
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_stream.Position != _position)
        {
            _stream.Position = _position;
        }

        var read = _stream.Read(buffer[..(int)Math.Min(buffer.Length, _end - _position)]);
        _position += read;
        return read;
    }
}
