using TorchSharp;

namespace IGptMl.Network;

/// <summary>A network's weights as a whole.</summary>
internal static class NetworkWeights
{
    /// <summary>A new network with the same weights on the device.</summary>
    internal static ImageGptNetwork Copy(ImageGptNetwork source, torch.Device device)
    {
        using var noGradients = torch.no_grad();
        var copy = new ImageGptNetwork(source.Config);
        copy.to(device);
        var weights = source.state_dict();
        foreach (var (name, weight) in copy.state_dict())
        {
            weight.copy_(weights[name]);
        }

        return copy;
    }
}
