namespace IGptMl.Formats;

/// <summary>A view of a storage: element (i, j, …) is at Offset + i Strides[0] + j Strides[1] + …, counted in elements.</summary>
internal sealed record PyTorchTensor(PyTorchStorage Storage, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Whether the elements are contiguous and in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != expected)
                {
                    return false;
                }

                expected *= Shape[axis];
            }

            return true;
        }
    }

    /// <summary>
    /// Finds the highest element that the view covers, counted from the start of the storage; false if it is outside the storage.
    /// The view must have elements.
    /// </summary>
    public bool TryFindLast(out long last)
    {
        last = Offset;
        if (Offset < 0 || Offset >= Storage.Count)
        {
            return false;
        }

        for (var axis = 0; axis < Shape.Length; axis++)
        {
            var next = last + ((Int128)(Shape[axis] - 1) * Strides[axis]);
            if (Strides[axis] < 0 || next >= Storage.Count)
            {
                return false;
            }

            last = (long)next;
        }

        return true;
    }
}
