using TorchSharp;

namespace IGptMl.Tests.Contracts;

/// <summary>Counts the tensors that code leaves behind, with TorchSharp's statistics of the current thread.</summary>
public static class LiveTensors
{
    /// <summary>Runs the code, which must dispose every tensor that it creates.</summary>
    public static void AssertNoneLeft(Action code)
    {
        var left = CountLeft(code);
        Assert.AreEqual(0, left, $"{left} tensors are left.");
    }

    /// <summary>The number of tensors that the code created on this thread and did not dispose.</summary>
    public static long CountLeft(Action code)
    {
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.ThreadTotalLiveCount;
        code();
        return statistics.ThreadTotalLiveCount - before;
    }
}
