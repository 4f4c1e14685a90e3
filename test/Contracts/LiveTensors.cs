using TorchSharp;

namespace IGptMl.Tests.Contracts;

/// <summary>Counts the tensors that a piece of code leaves behind, by TorchSharp's statistics of the thread.</summary>
public static class LiveTensors
{
    /// <summary>Runs the code, which must dispose every tensor that it makes.</summary>
    public static void AssertNoneLeft(Action code)
    {
        var left = CountLeft(code);
        Assert.AreEqual(0, left, $"{left} tensors are left.");
    }

    /// <summary>The tensors that were made and not disposed while the code ran on this thread.</summary>
    public static long CountLeft(Action code)
    {
        var statistics = DisposeScopeManager.Statistics;
        var before = statistics.ThreadTotalLiveCount;
        code();
        return statistics.ThreadTotalLiveCount - before;
    }
}
