using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IGptMl.Download;

/// <summary>The published checksum of a file.</summary>
/// <param name="Kind">Its algorithm.</param>
/// <param name="Value">The value, hexadecimal digits.</param>
internal sealed record Checksum(ChecksumKind Kind, string Value)
{
    /// <summary>The name of the algorithm, for messages.</summary>
    internal string Name => Kind switch
    {
        ChecksumKind.Md5 => "MD5",
        ChecksumKind.Sha256 => "SHA-256",
        _ => "Git SHA-1",
    };

    /// <summary>Computes the checksum of a file from its beginning, as lower-case hexadecimal digits. The file is at its beginning afterwards.</summary>
    internal async Task<string> ComputeAsync(Stream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(Kind switch
        {
            ChecksumKind.Md5 => HashAlgorithmName.MD5,
            ChecksumKind.Sha256 => HashAlgorithmName.SHA256,
            _ => HashAlgorithmName.SHA1,
        });
        if (Kind == ChecksumKind.GitBlob)
        {
            hash.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {file.Length}\0")));
        }

        file.Position = 0;
        var buffer = new byte[1 << 20];
        for (var read = await file.ReadAsync(buffer, cancellationToken); read > 0; read = await file.ReadAsync(buffer, cancellationToken))
        {
            hash.AppendData(buffer, 0, read);
        }

        file.Position = 0;
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Whether a computed checksum is this one.</summary>
    internal bool Matches(string computed) => computed.Equals(Value, StringComparison.OrdinalIgnoreCase);
}
