using IGptMl.Tests.Data;
using IGptMl.TorchNatives;

namespace IGptMl.Tests.TorchNatives;

[TestClass]
public sealed class SymbolVersionsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [TestMethod]
    public void WriteWeakCopy_VersionNeeded_SetsItsFlagAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libc.so.6", ["GLIBC_2.17"]), ("libstdc++.so.6", ["GLIBCXX_3.4", Version, "CXXABI_1.3"]));
        var after = WriteWeakCopy(folder, before, Version);
        var changed = Enumerable.Range(0, before.Length).Single(i => before[i] != after[i]);

        // After a header of 64 bytes, the first need has one version. The edit is in the second version of the second need; its flags are at offset 4.
        Assert.AreEqual(64 + (16 + 16) + (16 + 16) + 4, changed);
        Assert.AreEqual(0, before[changed]);
        Assert.AreEqual(2, after[changed]);
        Assert.HasCount(before.Length, after);
    }

    [TestMethod]
    public void WriteWeakCopy_ReadsTheLibraryAndLeavesNothingBesideTheCopy()
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libstdc++.so.6", [Version]));
        WriteWeakCopy(folder, before, Version);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(folder.Combine("lib.so")));
        Assert.HasCount(1, Directory.GetFiles(folder.Combine("copies")));
    }

    [TestMethod]
    public void WriteWeakCopy_OfACopy_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var once = WriteWeakCopy(folder, TinyElf.Create(("libstdc++.so.6", [Version])), Version);
        CollectionAssert.AreEqual(once, WriteWeakCopy(folder, once, Version));
    }

    [TestMethod]
    [DataRow("GLIBCXX_3.4.33")]
    [DataRow("GLIBCXX_3.4.3")]
    [DataRow("libstdc++.so.6")]
    public void WriteWeakCopy_VersionNotNeeded_ChangesNothing(string version)
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libstdc++.so.6", [Version]));
        CollectionAssert.AreEqual(before, WriteWeakCopy(folder, before, version));
    }

    [TestMethod]
    public void WriteWeakCopy_HolderOfTheFormerCopy_KeepsItsBytes()
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libstdc++.so.6", [Version]));
        Directory.CreateDirectory(folder.Combine("copies"));
        File.WriteAllBytes(folder.Combine("copies", "lib.so"), before);
        using var holder = new FileStream(folder.Combine("copies", "lib.so"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var after = WriteWeakCopy(folder, before, Version);
        var held = new byte[before.Length];
        holder.ReadExactly(held);
        CollectionAssert.AreEqual(before, held, "A process that runs with the former copy must not see it change.");
        CollectionAssert.AreNotEqual(before, after);
    }

    [TestMethod]
    public void LibraryOfTorchSharp_InTheOutput_IsTheWeakCopy()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(library))
        {
            Assert.Inconclusive("TorchSharp has no ELF library on this platform.");
        }

        using var folder = new TemporaryFolder();
        var built = File.ReadAllBytes(library);
        CollectionAssert.AreEqual(built, WriteWeakCopy(folder, built, Version));
    }

    [TestMethod]
    public void WriteWeakCopy_NoElfFile_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<InvalidDataException>(
            () => WriteWeakCopy(folder, "MZ is the beginning of another format."u8.ToArray(), Version));
        Assert.AreEqual($"'{folder.Combine("lib.so")}' is not a 64-bit little-endian ELF file.", error.Message);
    }

    [TestMethod]
    [DataRow(16)]
    [DataRow(64)]
    [DataRow(200)]
    public void WriteWeakCopy_CutOff_NamesTheFile(int length)
    {
        using var folder = new TemporaryFolder();
        var cut = TinyElf.Create(("libstdc++.so.6", [Version]))[..length];
        var error = Assert.ThrowsExactly<InvalidDataException>(() => WriteWeakCopy(folder, cut, Version));
        Assert.AreEqual($"'{folder.Combine("lib.so")}' is a damaged ELF file: a table extends past its end.", error.Message);
    }

    private static byte[] WriteWeakCopy(TemporaryFolder folder, byte[] library, string version)
    {
        var path = folder.Write("lib.so", library);
        var copy = folder.Combine("copies", "lib.so");
        SymbolVersions.WriteWeakCopy(path, copy, version);
        return File.ReadAllBytes(copy);
    }
}
