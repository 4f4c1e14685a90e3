using IGptMl.Inference;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>Weights with a count of their holders, and their copies on the devices that have used them.</summary>
internal sealed class SharedNetwork
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImageGptNetwork> _byDevice = [];
    private readonly Dictionary<string, DecoderFactory> _decoders = [];
    private int _holders = 1;

    /// <summary>Takes over a network on the CPU, and freezes it.</summary>
    internal SharedNetwork(ImageGptNetwork network)
    {
        Config = network.Config;
        Freeze(network);
        _byDevice.Add(Key(torch.CPU), network);
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

            foreach (var network in _byDevice.Values)
            {
                network.Dispose();
            }

            _byDevice.Clear();
            _decoders.Clear();
        }
    }

    /// <summary>The network on that device, copied there the first time.</summary>
    internal ImageGptNetwork On(torch.Device device)
    {
        lock (_lock)
        {
            if (!_byDevice.TryGetValue(Key(device), out var network))
            {
                network = NetworkWeights.Copy(_byDevice[Key(torch.CPU)], device);
                Freeze(network);
                _byDevice.Add(Key(device), network);
            }

            return network;
        }
    }

    /// <summary>What makes decoders for that device, prepared the first time.</summary>
    internal DecoderFactory Decoders(torch.Device device)
    {
        var network = On(device);
        lock (_lock)
        {
            if (!_decoders.TryGetValue(Key(device), out var factory))
            {
                factory = DecoderFactory.For(network, device);
                _decoders.Add(Key(device), factory);
            }

            return factory;
        }
    }

    private static void Freeze(ImageGptNetwork network)
    {
        network.eval();
        foreach (var parameter in network.parameters())
        {
            parameter.requires_grad_(false);
        }
    }

    private static string Key(torch.Device device) => $"{device.type}:{Math.Max(0, device.index)}";
}
