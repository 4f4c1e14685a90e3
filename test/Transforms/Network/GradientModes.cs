using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>The two ways in which a network computes.</summary>
internal static class GradientModes
{
    /// <summary>Checks a computation of which libtorch records the graph, and the same without, for which a kernel computes attention.</summary>
    public static void CheckBoth(Action check)
    {
        check();
        using var noGradients = torch.no_grad();
        check();
    }
}
