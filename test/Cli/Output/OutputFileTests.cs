using IGptMl.Cli.Output;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Output;

[TestClass]
public sealed class OutputFileTests
{
    [TestMethod]
    public void Write_Failing_LeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("f", [1]);
        Assert.ThrowsExactly<FormatException>(() => OutputFile.Write(path, stream =>
        {
            stream.Write([2, 3]);
            throw new FormatException();
        }));
        CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Write_Complete_ReplacesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("f", [1]);
        OutputFile.Write(path, stream => stream.Write([2, 3]));
        CollectionAssert.AreEqual(new byte[] { 2, 3 }, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Check_WhatCannotBeWritten_NamesThePath()
    {
        using var folder = new TemporaryFolder();
        StringAssert.Contains(Assert.ThrowsExactly<DirectoryNotFoundException>(() => OutputFile.Check(folder.Combine("none", "f"))).Message, "none");
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => OutputFile.Check(folder.Path)).Message, "it is a folder");
        OutputFile.Check(folder.Combine("f"));
        Assert.HasCount(0, Directory.GetFileSystemEntries(folder.Path));
    }
}
