using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Tests;

/// <summary>The network of a model. The test holds the model, so the network outlives the lease.</summary>
internal static class ModelNetworks
{
    internal static ImageGptNetwork On(this ImageGptModel model, torch.Device device)
    {
        using var lease = model.Lease(device);
        return lease.Network;
    }
}
