using static TorchSharp.torch;

namespace IGptMl.Kernels;

/// <summary>The threads that kernels run on: as many as libtorch uses.</summary>
internal static class KernelThreads
{
    internal static int Count => get_num_threads();

    /// <summary>Runs the parts of a work, each one thread's from beginning to end, so that the number of threads does not show in the numbers.</summary>
    /// <remarks>
    /// Threads take one part after the other. Parallel.For alone gives them up to sixteen at once, and at the end one thread waits for the other's.
    /// </remarks>
    internal static void Run(int parts, Action<int> body)
    {
        if (parts == 0)
        {
            return;
        }

        var (next, threads) = (-1, Math.Min(parts, Count));
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ =>
        {
            for (var part = Interlocked.Increment(ref next); part < parts; part = Interlocked.Increment(ref next))
            {
                body(part);
            }
        });
    }
}
