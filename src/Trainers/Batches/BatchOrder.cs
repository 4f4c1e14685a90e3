namespace IGptMl.Batches;

/// <summary>The order in which rows are visited: a new permutation for every epoch, fixed by the seed. Batches run across the ends of epochs.</summary>
internal sealed class BatchOrder
{
    private readonly Random _random;
    private readonly int[] _order;
    private int _next;

    internal BatchOrder(int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _random = new Random(seed);
        _order = [.. Enumerable.Range(0, count)];
        _next = count;
    }

    /// <summary>Writes the rows of the next batch.</summary>
    internal void Next(Span<int> rows)
    {
        foreach (ref var row in rows)
        {
            if (_next == _order.Length)
            {
                _random.Shuffle(_order);
                _next = 0;
            }

            row = _order[_next++];
        }
    }
}
