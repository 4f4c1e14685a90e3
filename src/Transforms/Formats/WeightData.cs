using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace IGptMl.Formats;

/// <summary>The elements of one stored array, read piece by piece from first to last. Buffers at most <see cref="ChunkBytes"/> bytes.</summary>
internal sealed class WeightData : IDisposable
{
    /// <summary>The largest number of bytes that are read at once for a conversion.</summary>
    public const int ChunkBytes = 1 << 16;

    private readonly string _source;
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly int _elementSize;

    /// <summary>Reads from <paramref name="stream"/>, whose position is the first element; <paramref name="source"/> names the file in messages.</summary>
    public WeightData(string source, WeightInfo info, Stream stream, bool leaveOpen = false)
    {
        _source = source;
        _stream = stream;
        _leaveOpen = leaveOpen;
        _elementSize = WeightTypes.SizeOf(info.Type);
        Info = info;
        Remaining = info.Count;
    }

    /// <summary>The array that is read.</summary>
    public WeightInfo Info { get; }

    /// <summary>The number of elements not yet read.</summary>
    public long Remaining { get; private set; }

    /// <summary>Reads the next elements, converted to single precision, until the destination is full. All readers of weights end here.</summary>
    /// <exception cref="InvalidDataException">The elements are not floating-point, one is not finite, or the file is truncated.</exception>
    /// <exception cref="ArgumentException">The destination is longer than what remains.</exception>
    public void ReadFloat32(Span<float> destination)
    {
        if (!WeightTypes.IsFloat(Info.Type))
        {
            throw new InvalidDataException($"{_source}: tensor {Info}: expected floating-point elements.");
        }

        CheckRemaining(destination.Length);
        if (Info.Type != WeightType.Float32)
        {
            Convert(destination, WeightTypes.ToFloat32);
            CheckFinite(destination);
            return;
        }

        // Directly into the destination, in pieces because a span of bytes has at most 2 GiB.
        while (!destination.IsEmpty)
        {
            var piece = destination[..Math.Min(destination.Length, 1 << 28)];
            ReadBytes(MemoryMarshal.AsBytes(piece));
            CheckFinite(piece);
            destination = destination[piece.Length..];
        }
    }

    /// <summary>Reads the next elements, widened to 64 bits, until the destination is full.</summary>
    /// <exception cref="InvalidDataException">The elements are not integers, or the file is truncated.</exception>
    /// <exception cref="ArgumentException">The destination is longer than what remains.</exception>
    public void ReadInt64(Span<long> destination)
    {
        if (!WeightTypes.IsInteger(Info.Type))
        {
            throw new InvalidDataException($"{_source}: tensor {Info}: expected integer elements that fit in Int64.");
        }

        CheckRemaining(destination.Length);
        Convert(destination, WeightTypes.ToInt64);
    }

    /// <summary>Reads the next elements in their stored representation (little-endian), until the destination is full.</summary>
    /// <exception cref="InvalidDataException">The file is truncated.</exception>
    /// <exception cref="ArgumentException">The destination is longer than what remains, or not a whole number of elements.</exception>
    public void ReadBytes(Span<byte> destination)
    {
        if (destination.Length % _elementSize != 0)
        {
            throw new ArgumentException($"Tensor {Info}: {destination.Length} bytes are not a whole number of elements.", nameof(destination));
        }

        CheckRemaining(destination.Length / _elementSize);
        if (_stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
        {
            throw new InvalidDataException($"{_source}: tensor {Info}: the file is truncated inside its elements.");
        }

        Remaining -= destination.Length / _elementSize;
    }

    /// <summary>Skips the elements that are not yet read.</summary>
    /// <exception cref="InvalidDataException">The file is truncated.</exception>
    public void SkipRemaining()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (Remaining > 0)
            {
                ReadBytes(buffer.AsSpan(0, (int)Math.Min(Remaining, ChunkBytes / _elementSize) * _elementSize));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void Convert<T>(Span<T> destination, Action<WeightType, ReadOnlySpan<byte>, Span<T>> convert)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            while (!destination.IsEmpty)
            {
                var count = Math.Min(destination.Length, ChunkBytes / _elementSize);
                var bytes = buffer.AsSpan(0, count * _elementSize);
                ReadBytes(bytes);
                convert(Info.Type, bytes, destination[..count]);
                destination = destination[count..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Rejects NaN and infinities, which would propagate to every result. The values are those read last.</summary>
    private void CheckFinite(ReadOnlySpan<float> values)
    {
        // One vectorized pass: NaN propagates to the largest magnitude.
        if (values.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            return;
        }

        var index = 0;
        while (float.IsFinite(values[index]))
        {
            index++;
        }

        var element = Info.Count - Remaining - values.Length + index;
        throw new InvalidDataException(FormattableString.Invariant(
            $"{_source}: tensor {Info}: element {element} is {values[index]}. Weights must be finite numbers; the file is damaged or the training diverged."));
    }

    private void CheckRemaining(int count)
    {
        if (count > Remaining)
        {
            throw new ArgumentException($"Tensor {Info}: {count} elements were requested; {Remaining} remain.");
        }
    }
}
