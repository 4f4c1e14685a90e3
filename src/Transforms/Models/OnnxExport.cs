using System.Security.Cryptography;
using IGptMl.Export;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Models;

/// <summary>Writes a model as a graph of ONNX.</summary>
internal static class OnnxExport
{
    /// <summary>Checks the options and writes the file.</summary>
    internal static void Write(ImageGptModel model, string path, OnnxExportOptions options)
    {
        options.Check(model.Config, model.HasHead, model.Palette is not null);
        using var lease = model.Lease(torch.CPU); // also of a model that runs on a GPU
        new ModelGraph(lease.Network, model.Palette, model.Cropping, options).Write(path, ChecksumOf(lease.Network));
    }

    /// <summary>The SHA-256 of the network's weights as safetensors, which is that of a model's zip.</summary>
    internal static string ChecksumOf(ImageGptNetwork network)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            NetworkSafetensors.Write(network, stream);
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }
}
