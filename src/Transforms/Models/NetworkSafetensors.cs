using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>A network's weights as a safetensors stream, with the names and shapes of its state dictionary.</summary>
internal static class NetworkSafetensors
{
    /// <summary>Writes the weights of a network on the CPU, one tensor at a time, without a head that is not known.</summary>
    internal static void Write(ImageGptNetwork network, Stream stream)
    {
        var weights = network.state_dict().Where(weight => network.HasHead || weight.Key != NetworkShapes.HeadName).ToList();
        var writer = new SafetensorsWriter(stream, [.. weights.Select(w => new WeightInfo(w.Key, WeightType.Float32, w.Value.shape))]);
        foreach (var (name, weight) in weights)
        {
            writer.Write(name, MemoryMarshal.Cast<byte, float>(weight.bytes));
        }

        writer.Complete();
    }

    /// <summary>Reads the weights of a new network, which may lack the head. Everything that does not match the configuration is reported together.</summary>
    /// <exception cref="InvalidDataException">The stream is damaged, or has other tensors than the configuration needs.</exception>
    internal static ImageGptNetwork Read(ImageGptConfig config, Stream stream, string source)
    {
        using var noGradients = torch.no_grad();
        var network = new ImageGptNetwork(config);
        try
        {
            var weights = network.state_dict();
            var problems = new List<string>();
            var missing = weights.Keys.ToHashSet();
            SafetensorsReader.ReadAll(stream, source, data =>
            {
                missing.Remove(data.Info.Name);
                if (!weights.TryGetValue(data.Info.Name, out var weight))
                {
                    problems.Add($"{data.Info} is not part of the model.");
                }
                else if (!data.Info.HasShape(weight.shape))
                {
                    problems.Add($"{data.Info} should have the shape [{string.Join(", ", weight.shape)}].");
                }
                else
                {
                    data.ReadFloat32(MemoryMarshal.Cast<byte, float>(weight.bytes));
                }
            });
            network.HasHead = !missing.Remove(NetworkShapes.HeadName);
            problems.AddRange(missing.Select(name => $"'{name}' [{string.Join(", ", weights[name].shape)}] is missing."));
            return problems.Count == 0
                ? network
                : throw new InvalidDataException($"The weights in {source} do not match the configuration. {string.Join(" ", problems)}");
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
