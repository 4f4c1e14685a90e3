using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace IGptMl.Tests.Data.Download;

/// <summary>A data set of two files in a tar.gz of about 40 kB, with its description.</summary>
internal sealed class TinyArchive
{
    internal TinyArchive(params TarEntry[] more)
    {
        var random = new Random(1);
        Pixels = new byte[40_000];
        random.NextBytes(Pixels);
        using var file = new MemoryStream();
        using (var zip = new GZipStream(file, CompressionLevel.Fastest))
        using (var tar = new TarWriter(zip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tiny/"));
            tar.WriteEntry(Entry("tiny/names.txt", "a\nb\n"u8.ToArray()));
            tar.WriteEntry(Entry("tiny/pixels.bin", Pixels));
            foreach (var entry in more)
            {
                tar.WriteEntry(entry);
            }
        }

        Bytes = file.ToArray();
        Data = new PublishedData
        {
            Name = "tiny",
            Title = "Tiny",
            Address = new Uri("http://127.0.0.1:9/data.tar.gz"),
            ArchiveName = "tiny.tar.gz",
            ArchiveBytes = Bytes.Length,
            Md5 = Convert.ToHexStringLower(MD5.HashData(Bytes)),
            Folder = "tiny",
            Files = [new("names.txt"), new("pixels.bin", Pixels.Length)],
        };
    }

    internal byte[] Pixels { get; }

    internal byte[] Bytes { get; }

    internal PublishedData Data { get; }

    internal static PaxTarEntry Entry(string name, byte[] content) => new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) };
}
