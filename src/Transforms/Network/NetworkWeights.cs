using TorchSharp;

namespace IGptMl.Network;

/// <summary>A network's weights as a whole.</summary>
internal static class NetworkWeights
{
    /// <summary>A new network with the same weights on the device.</summary>
    internal static ImageGptNetwork Copy(ImageGptNetwork source, torch.Device device)
    {
        var copy = new ImageGptNetwork(source.Config);
        copy.to(device);
        Assign(copy, source);
        return copy;
    }

    /// <summary>Overwrites the weights of a network by those of another one of the same architecture, on any devices.</summary>
    internal static void Assign(torch.nn.Module target, torch.nn.Module source)
    {
        using var noGradients = torch.no_grad();
        var weights = source.state_dict();
        foreach (var (name, weight) in target.state_dict())
        {
            weight.copy_(weights[name]);
        }
    }
}
