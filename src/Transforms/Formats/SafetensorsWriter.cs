using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>Writes a safetensors file to a stream that may be forward-only: first the header, then the bytes of each array in the header's order.</summary>
internal sealed class SafetensorsWriter
{
    private readonly Stream _stream;
    private readonly IReadOnlyList<WeightInfo> _weights;
    private int _current;
    private long _written;

    /// <summary>Writes the header. The caller owns the stream, which stays open.</summary>
    /// <exception cref="ArgumentException">A name is repeated or reserved, or the header is longer than the format allows.</exception>
    public SafetensorsWriter(Stream stream, IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string>? metadata = null)
    {
        _stream = stream;
        _weights = weights;
        stream.Write(SafetensorsHeader.Write(weights, metadata));
        SkipFull();
    }

    /// <summary>The length of the whole file, in bytes.</summary>
    public static long LengthOf(IReadOnlyList<WeightInfo> weights, IReadOnlyDictionary<string, string>? metadata = null)
    {
        long length = SafetensorsHeader.Write(weights, metadata).Length;
        foreach (var weight in weights)
        {
            length = checked(length + weight.ByteCount);
        }

        return length;
    }

    /// <summary>
    /// Writes the next array, or the next part of it, in its stored representation (little-endian, row-major). Arrays without elements are skipped
    /// automatically.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another array is expected, or all arrays are written.</exception>
    /// <exception cref="ArgumentException">There are more bytes than the array still needs.</exception>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        if (_current == _weights.Count || _weights[_current].Name != name)
        {
            var expected = _current == _weights.Count ? "the end" : $"'{_weights[_current].Name}'";
            throw new InvalidOperationException($"Tensor '{name}' is out of order; expected {expected}.");
        }

        var weight = _weights[_current];
        if (bytes.Length > weight.ByteCount - _written)
        {
            throw new ArgumentException($"Tensor {weight} needs {weight.ByteCount - _written} more bytes; {bytes.Length} were given.", nameof(bytes));
        }

        _stream.Write(bytes);
        _written += bytes.Length;
        SkipFull();
    }

    /// <summary>Writes the next Float32 array, or the next part of it.</summary>
    /// <exception cref="InvalidOperationException">Another array is expected, or all arrays are written.</exception>
    /// <exception cref="ArgumentException">The array is not Float32, or there are more values than it still needs.</exception>
    public void Write(string name, ReadOnlySpan<float> values)
    {
        if (_current < _weights.Count && _weights[_current] is { Type: not WeightType.Float32 } weight)
        {
            throw new ArgumentException($"Tensor {weight}: expected bytes of this type, not Float32 values.", nameof(values));
        }

        Write(name, MemoryMarshal.AsBytes(values));
    }

    /// <summary>Checks that all arrays are written, and flushes the stream.</summary>
    /// <exception cref="InvalidOperationException">An array of the header was not written completely.</exception>
    public void Complete()
    {
        if (_current < _weights.Count)
        {
            throw new InvalidOperationException(
                $"Tensor {_weights[_current]} is incomplete: {_written} of its {_weights[_current].ByteCount} bytes were written.");
        }

        _stream.Flush();
    }

    private void SkipFull()
    {
        while (_current < _weights.Count && _written == _weights[_current].ByteCount)
        {
            _current++;
            _written = 0;
        }
    }
}
