using IGptMl.Numerics;

namespace IGptMl.Batches;

/// <summary>
/// The order in which rows are visited: a new permutation for every epoch, a pure function of the seed and the epoch. An interrupted run can therefore resume
/// at any position without replaying the rows before it. Batches may span two epochs.
/// </summary>
internal sealed class BatchOrder
{
    private readonly RandomStreams _streams;
    private readonly int[] _order;
    private long _epoch = -1;

    /// <param name="count">The number of rows.</param>
    /// <param name="seed">The seed of the fit.</param>
    internal BatchOrder(int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _streams = new RandomStreams(seed);
        _order = new int[count];
    }

    /// <summary>The number of rows visited so far; may be set to any value.</summary>
    internal long Position { get; set; }

    /// <summary>Writes the rows of the next batch.</summary>
    internal void Next(Span<int> rows)
    {
        foreach (ref var row in rows)
        {
            var (epoch, place) = Math.DivRem(Position++, _order.Length);
            if (epoch != _epoch)
            {
                _epoch = epoch;
                _streams.Open(RandomStream.BatchOrder, epoch).Permute(_order);
            }

            row = _order[place];
        }
    }
}
