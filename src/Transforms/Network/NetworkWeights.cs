using TorchSharp;

namespace IGptMl.Network;

/// <summary>Copies all weights between networks.</summary>
internal static class NetworkWeights
{
    /// <summary>Creates a network with the same weights on a device.</summary>
    internal static ImageGptNetwork Copy(ImageGptNetwork source, torch.Device device)
    {
        var copy = new ImageGptNetwork(source.Config) { HasHead = source.HasHead };
        copy.to(device);
        Assign(copy, source);
        return copy;
    }

    /// <summary>Overwrites the weights of a network with those of another of the same architecture, across devices.</summary>
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
