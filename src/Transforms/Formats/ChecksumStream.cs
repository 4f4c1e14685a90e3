namespace IGptMl.Formats;

/// <summary>
/// Passes bytes through, and compares their masked CRC-32C with the expected one when the last byte has been read.
/// If some bytes are never read, nothing is compared.
/// </summary>
internal sealed class ChecksumStream : ReadOnlyStream
{
    private readonly Stream _stream;
    private readonly uint _expected;
    private readonly string _what;
    private long _remaining;
    private uint _running = Crc32C.Start;

    /// <summary>Reads <paramref name="length"/> bytes of the stream; <paramref name="what"/> names them in error messages.</summary>
    public ChecksumStream(Stream stream, long length, uint expected, string what)
    {
        _stream = stream;
        _remaining = length;
        _expected = expected;
        _what = what;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The checksum differs.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _stream.Read(buffer[..(int)Math.Min(buffer.Length, _remaining)]);
        if (read > 0)
        {
            _running = Crc32C.Append(_running, buffer[..read]);
            _remaining -= read;
            if (_remaining == 0 && Crc32C.Mask(_running) != _expected)
            {
                throw new InvalidDataException($"{_what}: the checksum is 0x{Crc32C.Mask(_running):X8}; expected 0x{_expected:X8}.");
            }
        }

        return read;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
