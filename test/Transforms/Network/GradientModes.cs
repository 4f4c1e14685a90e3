using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>The two modes in which a network computes.</summary>
internal static class GradientModes
{
    /// <summary>Checks a computation with libtorch's graph recording, and without it, where a kernel computes attention.</summary>
    public static void CheckBoth(Action check)
    {
        check();
        using var noGradients = torch.no_grad();
        check();
    }
}
