namespace IGptMl.Tests.Contracts;

/// <summary>Managed memory that code allocates on its thread.</summary>
internal static class Allocations
{
    private const int Rounds = 5;

    /// <summary>The minimum over a few rounds, as a garbage collection in a round also counts the rest of the thread's allocation buffer.</summary>
    internal static long Least(Action code) => Enumerable.Range(0, Rounds).Min(_ =>
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        code();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    });
}
