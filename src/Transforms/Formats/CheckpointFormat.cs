using System.Security.Cryptography;

namespace IGptMl.Formats;

/// <summary>
/// The file format of a training checkpoint: safetensors with the weights under their own names, the optimizer's tensors, and the run's state as JSON in
/// the metadata. Its last tensor is the SHA-256 of all bytes before it.
/// </summary>
internal static class CheckpointFormat
{
    /// <summary>The key of the metadata entry that holds the run's state.</summary>
    internal const string StateKey = "training";

    /// <summary>The prefix of the names of all optimizer tensors.</summary>
    internal const string OptimizerPrefix = "adam.";

    /// <summary>The name of the tensor that holds the checksum.</summary>
    internal const string DigestName = "sha256";

    /// <summary>Compares the file with the checksum at its end.</summary>
    /// <exception cref="InvalidDataException">The checksum does not match, or the file is too short to have one.</exception>
    internal static void CheckDigest(Stream file, string path)
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        var length = Math.Max(0, file.Length - digest.Length);
        using var content = new SliceStream(file, 0, length);
        var expected = SHA256.HashData(content);
        file.Position = length;
        if (file.ReadAtLeast(digest, digest.Length, throwOnEndOfStream: false) < digest.Length || !digest.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException($"'{path}' is damaged: its SHA-256 does not match the checksum at its end.");
        }
    }
}
