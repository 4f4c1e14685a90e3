using System.Runtime.InteropServices;
using System.Security.Cryptography;
using IGptMl.Models;
using IGptMl.Numerics;
using TorchSharp;

namespace IGptMl.Caching;

/// <summary>SHA-256 checksums that identify models and data, in hexadecimal.</summary>
internal static class Digest
{
    /// <summary>The checksum of the architecture and all weights. The palette is not included, because it affects the tokens only.</summary>
    internal static string Of(ImageGptModel model)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(JsonReflection.Write(model.Config)));
            using var lease = model.Lease(torch.CPU);
            NetworkSafetensors.Write(lease.Network, stream);
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }

    /// <summary>The checksum of values in memory.</summary>
    internal static string Of<T>(ReadOnlySpan<T> values)
        where T : unmanaged
        => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)));
}
