using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Tests;

/// <summary>The network of a model that a test holds, and which therefore outlives the lease.</summary>
internal static class ModelNetworks
{
    internal static ImageGptNetwork On(this ImageGptModel model, torch.Device device)
    {
        using var lease = model.Lease(device);
        return lease.Network;
    }
}
