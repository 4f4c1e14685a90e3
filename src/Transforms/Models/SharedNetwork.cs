using IGptMl.Inference;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>Reference-counted weights, with their copies on the devices that have used them and the executors of these.</summary>
internal sealed class SharedNetwork
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ImageGptNetwork Network, ImageGptExecutor Executor)> _byDevice = [];
    private int _holders = 1;

    /// <summary>Takes ownership of a network on the CPU, and freezes it.</summary>
    internal SharedNetwork(ImageGptNetwork network, IReadOnlyDictionary<string, string> origin)
    {
        (Config, HasHead, Origin) = (network.Config, network.HasHead, origin);
        Add(network, torch.CPU);
    }

    internal ImageGptConfig Config { get; }

    internal bool HasHead { get; }

    /// <summary>How the weights came to be (<see cref="ModelOrigin"/>).</summary>
    internal IReadOnlyDictionary<string, string> Origin { get; }

    /// <summary>Adds a reference; false if the weights have been released.</summary>
    internal bool TryRetain()
    {
        lock (_lock)
        {
            if (_holders == 0)
            {
                return false;
            }

            _holders++;
            return true;
        }
    }

    /// <summary>Removes a reference, and releases the weights after the last one.</summary>
    internal void Release()
    {
        lock (_lock)
        {
            if (--_holders > 0)
            {
                return;
            }

            foreach (var (network, _) in _byDevice.Values)
            {
                network.Dispose();
            }

            _byDevice.Clear();
        }
    }

    /// <summary>The network on a device, to which it is copied at first use, and its executor. The caller must hold a reference.</summary>
    internal (ImageGptNetwork Network, ImageGptExecutor Executor) On(torch.Device device)
    {
        lock (_lock)
        {
            return _byDevice.TryGetValue(Key(device), out var found) ? found : Add(NetworkWeights.Copy(_byDevice[Key(torch.CPU)].Network, device), device);
        }
    }

    private (ImageGptNetwork Network, ImageGptExecutor Executor) Add(ImageGptNetwork network, torch.Device device)
    {
        network.eval();
        foreach (var parameter in network.parameters())
        {
            parameter.requires_grad_(false);
        }

        var added = (network, ImageGptExecutor.Create(network, device));
        _byDevice.Add(Key(device), added);
        return added;
    }

    private static string Key(torch.Device device) => $"{device.type}:{Math.Max(0, device.index)}";
}
