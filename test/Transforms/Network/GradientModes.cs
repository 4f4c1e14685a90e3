using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>The two ways in which a network computes.</summary>
internal static class GradientModes
{
    /// <summary>Checks a computation where gradients are recorded, by modules, and where they are not, by the kernels that support the size.</summary>
    public static void CheckBoth(Action check)
    {
        check();
        using var noGradients = torch.no_grad();
        check();
    }
}
