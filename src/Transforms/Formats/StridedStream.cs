using System.Diagnostics;

namespace IGptMl.Formats;

/// <summary>The elements of a view in row-major order, gathered from an in-memory copy of the range of the storage that the view covers.</summary>
internal sealed class StridedStream : ReadOnlyStream
{
    private readonly byte[] _range;
    private readonly int _elementSize;
    private readonly long[] _shape;
    private readonly long[] _strides;
    private readonly long[] _index;
    private long _element;
    private long _remaining;

    /// <summary>The view's first element is element 0 of the range. Shape and strides are counted in elements; no stride is negative.</summary>
    public StridedStream(byte[] range, int elementSize, long[] shape, long[] strides)
    {
        _range = range;
        _elementSize = elementSize;
        _shape = shape;
        _strides = strides;
        _index = new long[shape.Length];
        _remaining = 1;
        foreach (var size in shape)
        {
            _remaining *= size;
        }
    }

    /// <summary>Gathers as many whole elements as fit in the buffer.</summary>
    public override int Read(Span<byte> buffer)
    {
        Debug.Assert(buffer.Length == 0 || buffer.Length >= _elementSize);
        var written = 0;
        for (; _remaining > 0 && buffer.Length - written >= _elementSize; _remaining--)
        {
            _range.AsSpan((int)(_element * _elementSize), _elementSize).CopyTo(buffer[written..]);
            written += _elementSize;
            Step();
        }

        return written;
    }

    // Advances like an odometer: the last axis changes fastest.
    private void Step()
    {
        for (var axis = _index.Length - 1; axis >= 0; axis--)
        {
            _element += _strides[axis];
            if (++_index[axis] < _shape[axis])
            {
                return;
            }

            _element -= _strides[axis] * _shape[axis];
            _index[axis] = 0;
        }
    }
}
