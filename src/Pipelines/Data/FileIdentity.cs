using System.Security.Cryptography;
using System.Text;

namespace IGptMl.Data;

/// <summary>Identifies files by names, sizes and times of writing, to detect other or changed files. The content is not read.</summary>
internal static class FileIdentity
{
    /// <summary>The identity of the files in this order.</summary>
    internal static string Of(IEnumerable<(string Name, string Path)> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        foreach (var (name, path) in files)
        {
            var file = new FileInfo(path);
            var (size, written) = file.Exists ? (file.Length, file.LastWriteTimeUtc.Ticks) : (-1, 0);
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{name}|{size}|{written}\n")));
            count++;
        }

        return FormattableString.Invariant($"{count} files {Convert.ToHexStringLower(hash.GetHashAndReset())}");
    }
}
