using IGptMl.Inference;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>Weights with a count of their holders, their copies on the devices that have used them, and the executors of these.</summary>
internal sealed class SharedNetwork
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (ImageGptNetwork Network, ImageGptExecutor Executor)> _byDevice = [];
    private int _holders = 1;

    /// <summary>Takes over a network on the CPU, and freezes it.</summary>
    internal SharedNetwork(ImageGptNetwork network)
    {
        Config = network.Config;
        Add(network, torch.CPU);
    }

    internal ImageGptConfig Config { get; }

    /// <summary>Counts one more holder, unless the weights are gone.</summary>
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

    /// <summary>Counts one holder less, and frees the weights after the last.</summary>
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

    /// <summary>The network on that device, copied there the first time, and what runs it. Only a holder may ask.</summary>
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
