using System.Security.Cryptography;

namespace IGptMl.Formats;

/// <summary>
/// A checkpoint of training as a file: safetensors with the weights under their own names, the optimizer's tensors, and the run's state as json in the
/// metadata. Its last tensor is the SHA-256 of all bytes before it.
/// </summary>
internal static class CheckpointFormat
{
    /// <summary>The entry of the metadata that holds the run's state.</summary>
    internal const string StateKey = "training";

    /// <summary>What the names of all the optimizer's tensors begin with.</summary>
    internal const string OptimizerPrefix = "adam.";

    /// <summary>The name of the checksum's tensor.</summary>
    internal const string DigestName = "sha256";

    /// <summary>Compares the file with the checksum at its end.</summary>
    /// <exception cref="InvalidDataException">It is another one, or there is none.</exception>
    internal static void CheckDigest(Stream file, string path)
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        var length = Math.Max(0, file.Length - digest.Length);
        using var content = new SliceStream(file, 0, length);
        var expected = SHA256.HashData(content);
        file.Position = length;
        if (file.ReadAtLeast(digest, digest.Length, throwOnEndOfStream: false) < digest.Length || !digest.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException($"'{path}' is damaged: it has not the checksum that it should have.");
        }
    }
}
