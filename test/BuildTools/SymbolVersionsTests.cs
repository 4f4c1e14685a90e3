using IGptMl.BuildTools;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.BuildTools;

[TestClass]
public sealed class SymbolVersionsTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [TestMethod]
    public void MakeWeak_VersionNeeded_SetsItsFlagAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libc.so.6", ["GLIBC_2.17"]), ("libstdc++.so.6", ["GLIBCXX_3.4", Version, "CXXABI_1.3"]));
        var path = folder.Write("lib.so", before);
        SymbolVersions.MakeWeak(path, Version);
        var after = File.ReadAllBytes(path);
        var changed = Enumerable.Range(0, before.Length).Single(i => before[i] != after[i]);

        // After a header of 64 bytes, the first need has one version. The edit is in the second version of the second need; its flags are at offset 4.
        Assert.AreEqual(64 + (16 + 16) + (16 + 16) + 4, changed);
        Assert.AreEqual(0, before[changed]);
        Assert.AreEqual(2, after[changed]);
        Assert.HasCount(before.Length, after);
        Assert.HasCount(1, Directory.GetFiles(folder.Path), "Nothing else is left in the folder.");
    }

    [TestMethod]
    public void MakeWeak_Again_ChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("lib.so", TinyElf.Create(("libstdc++.so.6", [Version])));
        SymbolVersions.MakeWeak(path, Version);
        var once = File.ReadAllBytes(path);
        SymbolVersions.MakeWeak(path, Version);
        CollectionAssert.AreEqual(once, File.ReadAllBytes(path));
    }

    [TestMethod]
    [DataRow("GLIBCXX_3.4.33")]
    [DataRow("GLIBCXX_3.4.3")]
    [DataRow("libstdc++.so.6")]
    public void MakeWeak_VersionNotNeeded_ChangesNothing(string version)
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libstdc++.so.6", [Version]));
        var path = folder.Write("lib.so", before);
        SymbolVersions.MakeWeak(path, version);
        CollectionAssert.AreEqual(before, File.ReadAllBytes(path));
    }

    [TestMethod]
    public void MakeWeak_AnotherHolderOfTheFile_KeepsTheOldBytes()
    {
        using var folder = new TemporaryFolder();
        var before = TinyElf.Create(("libstdc++.so.6", [Version]));
        var path = folder.Write("lib.so", before);
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        using var holder = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        SymbolVersions.MakeWeak(path, Version);
        var held = new byte[before.Length];
        holder.ReadExactly(held);
        CollectionAssert.AreEqual(before, held, "A hard link into the package cache must not change.");
        CollectionAssert.AreNotEqual(before, File.ReadAllBytes(path));
        Assert.AreEqual(time, File.GetLastWriteTimeUtc(path));
    }

    [TestMethod]
    public void MakeWeak_LibraryOfTorchSharp_ChangesAtMostTheFlag()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (!File.Exists(library))
        {
            Assert.Inconclusive("TorchSharp has no ELF library on this platform.");
        }

        using var folder = new TemporaryFolder();
        var before = File.ReadAllBytes(library);
        var path = folder.Write("lib.so", before);
        SymbolVersions.MakeWeak(path, Version);
        var after = File.ReadAllBytes(path);
        Assert.HasCount(before.Length, after);
        Assert.IsLessThanOrEqualTo(1, Enumerable.Range(0, before.Length).Count(i => before[i] != after[i]));
    }

    [TestMethod]
    public void MakeWeak_NoElfFile_NamesTheFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("lib.dll", "MZ is the beginning of another format."u8.ToArray());
        var error = Assert.ThrowsExactly<InvalidDataException>(() => SymbolVersions.MakeWeak(path, Version));
        Assert.AreEqual($"'{path}' is not a 64-bit little-endian ELF file.", error.Message);
    }

    [TestMethod]
    [DataRow(16)]
    [DataRow(64)]
    [DataRow(200)]
    public void MakeWeak_CutOff_NamesTheFile(int length)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("lib.so", TinyElf.Create(("libstdc++.so.6", [Version]))[..length]);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => SymbolVersions.MakeWeak(path, Version));
        Assert.AreEqual($"'{path}' is a damaged ELF file: a table extends past its end.", error.Message);
    }
}
