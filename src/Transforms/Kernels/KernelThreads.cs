using static TorchSharp.torch;

namespace IGptMl.Kernels;

/// <summary>Parallel execution of kernels, on as many threads as libtorch uses.</summary>
internal static class KernelThreads
{
    internal static int Count => get_num_threads();

    /// <summary>
    /// Runs independent work items in parallel. Each runs on one thread from start to end, so results do not depend on the number of threads.
    /// </summary>
    /// <remarks>
    /// Threads take one item at a time. Parallel.For alone hands out chunks of up to 16 items, so that at the end some threads idle while others finish theirs.
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
