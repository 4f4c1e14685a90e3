using System.Formats.Tar;
using IGptMl.Data.Download;

namespace IGptMl.Tests.Data.Download;

/// <summary>Unusual and malicious archives.</summary>
[TestClass]
public sealed class ArchiveUnpackerTests
{
    [TestMethod]
    public void Unpack_FilesBesideTheKnownOnes_AreNoHarm()
    {
        using var folder = new TemporaryFolder();

        var archive = new TinyArchive(
            TinyArchive.Entry("tiny/more/read.me", [1, 2]),
            TinyArchive.Entry("elsewhere.txt", [3]),
            new PaxGlobalExtendedAttributesTarEntry([]));
        Unpack(folder, archive);

        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        CollectionAssert.AreEqual(new byte[] { 1, 2 }, File.ReadAllBytes(folder.Combine("tiny", "more", "read.me")));
    }

    [TestMethod]
    [DataRow("../out.txt")]
    [DataRow("tiny/../../out.txt")]
    [DataRow("/tmp/out.txt")]
    [DataRow("C:/out.txt")]
    [DataRow("..\\out.txt")]
    [DataRow("tiny\\..\\..\\out.txt")]
    public void Unpack_NameThatLeadsOut_IsRefused(string name)
        => AssertRefused(
            new TinyArchive(TinyArchive.Entry(name, [1])),
            $"The archive 'tiny.tar.gz' is refused at its entry '{name}': its path leaves the target folder.");

    [TestMethod]
    [DataRow(TarEntryType.SymbolicLink)]
    [DataRow(TarEntryType.HardLink)]
    public void Unpack_Link_IsRefused(TarEntryType type)
        => AssertRefused(
            new TinyArchive(new PaxTarEntry(type, "tiny/link") { LinkName = "tiny/names.txt" }),
            $"The archive 'tiny.tar.gz' is refused at its entry 'tiny/link': it is neither a file nor a folder ({type}).");

    [TestMethod]
    public void Unpack_Device_IsRefused()
        => AssertRefused(
            new TinyArchive(new PaxTarEntry(TarEntryType.Fifo, "tiny/pipe")),
            "The archive 'tiny.tar.gz' is refused at its entry 'tiny/pipe': it is neither a file nor a folder (Fifo).");

    [TestMethod]
    public void Unpack_FileTwice_IsRefused()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<IOException>(() => Unpack(folder, new TinyArchive(TinyArchive.Entry("tiny/names.txt", [1]))));
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Unpack_FileMissing_NamesIt()
    {
        using var folder = new TemporaryFolder();
        var archive = new TinyArchive();
        using var stream = new MemoryStream(archive.Bytes);

        var data = archive.Data with { Files = [new("other.bin", 5)] };
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ArchiveUnpacker.Unpack(stream, data, folder.Path, null, default));

        Assert.AreEqual("The archive 'tiny.tar.gz' is not that of Tiny: 'other.bin' is missing.", error.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Unpack_MoreThanTheDataSetHas_IsRefused()
        => AssertRefused(
            new TinyArchive(TinyArchive.Entry("tiny/bomb.bin", new byte[(64 << 20) + 1])),
            "The archive 'tiny.tar.gz' has more than 67,148,864 bytes, which is more than Tiny has.");

    [TestMethod]
    public void Unpack_DamagedArchive_LeavesNothing()
    {
        var archive = new TinyArchive();
        foreach (var part in new[] { 5, 1000, archive.Bytes.Length / 2 })
        {
            using var folder = new TemporaryFolder();
            using var stream = new MemoryStream(archive.Bytes[..part]);
            Assert.ThrowsExactly<InvalidDataException>(() => ArchiveUnpacker.Unpack(stream, archive.Data, folder.Path, null, default));
            Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
        }
    }

    private static void AssertRefused(TinyArchive archive, string message)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Unpack(folder, archive));

        Assert.AreEqual(message, error.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static void Unpack(TemporaryFolder folder, TinyArchive archive)
    {
        using var stream = new MemoryStream(archive.Bytes);
        ArchiveUnpacker.Unpack(stream, archive.Data, folder.Path, null, default);
    }
}
