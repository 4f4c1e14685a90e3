using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>The threads that kernels run on: as many as libtorch uses.</summary>
internal static class KernelThreads
{
    /// <summary>Runs the parts of a work, each one thread's from beginning to end, so that the number of threads does not show in the numbers.</summary>
    internal static void Run(int parts, Action<int> body) => Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, body);
}
