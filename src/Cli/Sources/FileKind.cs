using System.Text;

namespace IGptMl.Cli.Sources;

/// <summary>What a file or folder is, by its first bytes, for messages about one that is expected to be something else.</summary>
/// <param name="Name">"a PNG image".</param>
internal sealed record FileKind(string Name)
{
    private const int Read = 512;

    /// <summary>A zip, which every pipeline and model of ML.NET is.</summary>
    internal static readonly FileKind Zip = new("a zip");

    /// <summary>The weights of a training checkpoint or of another library.</summary>
    internal static readonly FileKind Safetensors = new("a safetensors file");

    /// <summary>A file that tells nothing of itself.</summary>
    internal static readonly FileKind Unknown = new("a file of an unknown kind");

    private static readonly FileKind GitLfs = new("a pointer of Git LFS, not the file that 'git lfs pull' puts in its place");
    private static readonly FileKind Folder = new("a folder");
    private static readonly FileKind Empty = new("an empty file");
    private static readonly FileKind Text = new("a text file");

    private static readonly (byte[] Start, FileKind Kind)[] Signatures =
    [
        ([0x89, .. "PNG"u8], new("a PNG image")),
        ([0xFF, 0xD8, 0xFF], new("a JPEG image")),
        ([.. "version https://git-lfs"u8], GitLfs),
        ([.. "GIF8"u8], new("a GIF image")),
        ([.. "BM"u8], new("a BMP image")),
        ([.. "RIFF"u8], new("a WebP image")),
        ([0x93, .. "NUMPY"u8], new("an npy array")),
        ([0x1F, 0x8B], new("a gzip archive")),
        ([.. "PK\x03\x04"u8], Zip),
        ([.. "PK\x05\x06"u8], new("an empty zip")),
    ];

    /// <summary>Whether a model can be this; what the reader of models names itself is left to it.</summary>
    internal bool IsModel => this == Zip || this == Safetensors || this == GitLfs || this == Folder || this == Unknown;

    /// <summary>The kind of what is there; null if nothing is.</summary>
    internal static FileKind? Find(string path)
    {
        if (Directory.Exists(path))
        {
            return Folder;
        }

        if (!File.Exists(path))
        {
            return null;
        }

        var start = new byte[Read];
        using var file = File.OpenRead(path);
        return Of(start.AsSpan(0, file.ReadAtLeast(start, Read, throwOnEndOfStream: false)));
    }

    private static FileKind Of(ReadOnlySpan<byte> start)
    {
        foreach (var (signature, kind) in Signatures)
        {
            if (start.StartsWith(signature))
            {
                return kind;
            }
        }

        return start switch
        {
            [] => Empty,
            [_, _, _, _, _, _, 0, 0, (byte)'{', ..] => Safetensors,
            _ when !start.ContainsAnyInRange((byte)0, (byte)8) && Encoding.UTF8.GetCharCount(start) > 0 => Text,
            _ => Unknown,
        };
    }
}
