namespace IGptMl.Distribution;

/// <summary>A process that trains alone.</summary>
internal sealed class SingleRank : RankGroup
{
    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override int Count => 1;

    /// <inheritdoc/>
    public override void Barrier()
    {
    }

    /// <inheritdoc/>
    public override void Complete()
    {
    }

    /// <inheritdoc/>
    private protected override unsafe void Sum(float* values, long count)
    {
    }

    /// <inheritdoc/>
    private protected override unsafe void Broadcast(byte* bytes, long count, int root)
    {
    }
}
