using System.Buffers.Binary;
using System.Text;

namespace IGptMl.Numerics;

/// <summary>What a file is by its bytes, for errors that tell what was given in place of what is expected.</summary>
/// <param name="Form">The form.</param>
/// <param name="Description">A part of a sentence, such as "a zip archive"; null if nothing is recognized.</param>
internal readonly record struct FileKind(FileForm Form, string? Description)
{
    /// <summary>The number of bytes at the start that are looked at.</summary>
    internal const int StartBytes = 1024;

    private const ulong LevelDbMagic = 0xDB4775248B80FB57;
    private const int LevelDbFooter = 48;
    private const long LongestHeader = 100_000_000;

    /// <summary>Bytes at an offset that tell the form, those of less certain ones last.</summary>
    private static readonly (int Offset, byte[] Bytes, FileForm Form, string Description)[] Signatures =
    [
        (0, [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'], FileForm.Image, "a PNG picture"),
        (0, [0xFF, 0xD8, 0xFF], FileForm.Image, "a JPEG picture"),
        (0, [.. "GIF87a"u8], FileForm.Image, "a GIF picture"),
        (0, [.. "GIF89a"u8], FileForm.Image, "a GIF picture"),
        (0, [0x93, .. "NUMPY"u8], FileForm.Npy, "an npy array of NumPy"),
        (0, [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20], FileForm.PyTorch, "a file of torch.save"),
        (0, [.. "PK\x03\x04"u8], FileForm.Zip, "a zip archive"),
        (0, [.. "PK\x05\x06"u8], FileForm.Zip, "an empty zip archive"),
        (0, [0x1F, 0x8B], FileForm.Gzip, "a gzip archive, which has to be unpacked"),
        (0, [0x89, .. "HDF\r\n"u8], FileForm.Foreign, "an HDF5 file, as Keras writes"),
        (0, [.. "GGUF"u8], FileForm.Foreign, "a GGUF file, as llama.cpp writes"),
        (0, [.. "%PDF"u8], FileForm.Foreign, "a PDF document"),
        (4, [.. "1AY&SY"u8], FileForm.Foreign, "a bzip2 archive, which has to be unpacked"),
        (0, [0xFD, .. "7zXZ"u8], FileForm.Foreign, "an xz archive, which has to be unpacked"),
        (0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], FileForm.Foreign, "a 7z archive, which has to be unpacked"),
        (0, [.. "Rar!"u8], FileForm.Foreign, "a RAR archive, which has to be unpacked"),
        (257, [.. "ustar"u8], FileForm.Foreign, "a tar archive, which has to be unpacked"),
        (0, [.. "II*\0"u8], FileForm.Foreign, "a TIFF picture, a format that is not supported"),
        (0, [.. "MM\0*"u8], FileForm.Foreign, "a TIFF picture, a format that is not supported"),
        (0, [.. "8BPS"u8], FileForm.Foreign, "a Photoshop picture, a format that is not supported"),
        (4, [.. "ftypavif"u8], FileForm.Foreign, "an AVIF picture, a format that is not supported"),
        (4, [.. "ftyphei"u8], FileForm.Foreign, "a HEIC picture, a format that is not supported"),
        (4, [.. "ftypmif1"u8], FileForm.Foreign, "a HEIC picture, a format that is not supported"),
        (4, [.. "ftyp"u8], FileForm.Foreign, "a video"),
        (4, [.. "JXL "u8], FileForm.Foreign, "a JPEG XL picture, a format that is not supported"),
    ];

    /// <summary>Starts of texts, after white space and in lower case.</summary>
    private static readonly (string Start, FileForm Form, string Description)[] TextStarts =
    [
        ("version https://git-lfs", FileForm.Foreign, "a pointer of Git LFS, not the file itself, which 'git lfs pull' fetches"),
        ("version https://hawser", FileForm.Foreign, "a pointer of Git LFS, not the file itself, which 'git lfs pull' fetches"),
        ("/annex/objects/", FileForm.Foreign, "a pointer of git-annex, not the file itself, which 'git annex get' fetches"),
        ("<!doctype html", FileForm.Foreign, Page),
        ("<html", FileForm.Foreign, Page),
        ("<head", FileForm.Foreign, Page),
        ("<body", FileForm.Foreign, Page),
        ("<svg", FileForm.Foreign, "an SVG drawing, a format that is not supported"),
        ("<?xml", FileForm.Foreign, "an XML document, such as a server's error message"),
        ("<error", FileForm.Foreign, "an XML document, such as a server's error message"),
        ("{", FileForm.Json, "a JSON text"),
        ("[", FileForm.Json, "a JSON text"),
    ];

    private const string Page = "an HTML page, such as the login or error page of a server, not the file itself";

    /// <summary>Recognizes the content of a file.</summary>
    /// <param name="start">The first bytes, <see cref="StartBytes"/> or all of a shorter file.</param>
    /// <param name="length">The length of the file.</param>
    internal static FileKind Of(ReadOnlySpan<byte> start, long length)
    {
        if (length == 0)
        {
            return new FileKind(FileForm.Foreign, "an empty file");
        }

        foreach (var (offset, bytes, form, description) in Signatures)
        {
            if (start.Length > offset && start[offset..].StartsWith(bytes))
            {
                // torch.save stores its pickle as the first entry.
                return form == FileForm.Zip && start.IndexOf("/data.pkl"u8) is > 0 and < 256
                    ? new FileKind(FileForm.PyTorch, "a file of torch.save")
                    : new FileKind(form, description);
            }
        }

        if (start.Length >= 12 && start.StartsWith("BM"u8) && BinaryPrimitives.ReadInt32LittleEndian(start[6..]) == 0)
        {
            return new FileKind(FileForm.Image, "a BMP picture");
        }

        if (start.Length >= 12 && start.StartsWith("RIFF"u8) && start[8..].StartsWith("WEBP"u8))
        {
            return new FileKind(FileForm.Image, "a WebP picture");
        }

        if (start.Length > sizeof(long) && start[sizeof(long)] == (byte)'{' && BinaryPrimitives.ReadInt64LittleEndian(start) is > 0 and <= LongestHeader)
        {
            return new FileKind(FileForm.Safetensors, "a safetensors file");
        }

        return start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5
            ? new FileKind(FileForm.Foreign, "a pickle of Python")
            : OfText(start);
    }

    /// <summary>Recognizes the content of a seekable stream, and leaves its position unchanged.</summary>
    internal static FileKind Of(Stream stream)
    {
        var position = stream.Position;
        stream.Position = 0;
        Span<byte> buffer = stackalloc byte[StartBytes];
        var start = buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        var kind = Of(start, stream.Length);
        if (kind.Form == FileForm.Unknown && stream.Length >= LevelDbFooter)
        {
            var end = buffer[..sizeof(ulong)];
            stream.Position = stream.Length - end.Length;
            stream.ReadExactly(end);
            kind = BinaryPrimitives.ReadUInt64LittleEndian(end) == LevelDbMagic
                ? new FileKind(FileForm.TensorFlowIndex, "the index of a TensorFlow checkpoint")
                : kind;
        }

        stream.Position = position;
        return kind;
    }

    /// <summary>Refuses a file that is recognized as something else than what is expected. A forward-only stream is not looked at.</summary>
    /// <param name="stream">The content.</param>
    /// <param name="source">The file's name.</param>
    /// <param name="expected">What is expected, such as "an npy file".</param>
    /// <param name="accepted">The forms that the reader reads.</param>
    /// <exception cref="InvalidDataException">The file is something else; the message says what.</exception>
    internal static void Require(Stream stream, string source, string expected, params ReadOnlySpan<FileForm> accepted)
    {
        if (stream.CanSeek)
        {
            Of(stream).Require(source, expected, accepted);
        }
    }

    /// <inheritdoc cref="Require(Stream, string, string, ReadOnlySpan{FileForm})"/>
    internal void Require(string source, string expected, params ReadOnlySpan<FileForm> accepted)
    {
        if (Form != FileForm.Unknown && !accepted.Contains(Form))
        {
            throw new InvalidDataException($"'{source.Trim('\'')}' is {Description}; expected {expected}.");
        }
    }

    private static FileKind OfText(ReadOnlySpan<byte> start)
    {
        var text = Encoding.Latin1.GetString(start.StartsWith(Encoding.UTF8.Preamble) ? start[Encoding.UTF8.Preamble.Length..] : start).TrimStart();
        foreach (var (beginning, form, description) in TextStarts)
        {
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            {
                var isPage = beginning == "<?xml" && text.Contains("<html", StringComparison.OrdinalIgnoreCase);
                var isDrawing = beginning == "<?xml" && text.Contains("<svg", StringComparison.OrdinalIgnoreCase);
                return isPage ? OfText("<html"u8) : isDrawing ? OfText("<svg"u8) : new FileKind(form, description);
            }
        }

        // Any reader of texts may expect it, so the form stays unknown.
        return start.ContainsAnyInRange((byte)0, (byte)8) ? default : new FileKind(FileForm.Unknown, "a text file");
    }
}
