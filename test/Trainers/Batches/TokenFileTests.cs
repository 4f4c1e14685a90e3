using IGptMl.Batches;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class TokenFileTests
{
    private static readonly TokenFileDescription Described = new(TinyImageGpt.Palette, ImageCropping.CenterCrop, ["cat", "dog"], "somewhere");

    [TestMethod]
    public void Open_WhatWasWritten_GivesItBack()
    {
        using var folder = new TemporaryFolder();
        using var file = TokenFile.Open(Write(folder, rows: 5));
        Assert.AreEqual(5, file.Count);
        Assert.AreEqual((8, 16, 5, 2L, true), (file.Header.Colors, file.Header.ContextLength, file.Header.Rows, file.Header.Skipped, file.Header.IsLabeled));
        Assert.AreEqual(TinyImageGpt.Palette, file.Description.Palette);
        Assert.AreEqual((ImageCropping.CenterCrop, "somewhere"), (file.Description.Cropping, file.Description.Source));
        CollectionAssert.AreEqual(new[] { "cat", "dog" }, file.Description.ClassNames!.ToArray());
        for (var row = 0; row < 5; row++)
        {
            CollectionAssert.AreEqual(Tokens(row), file[row].ToArray());
            Assert.AreEqual((row % 3) - 1, file.LabelOf(row));
        }

        Assert.IsFalse(file.HasMissing);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => file[5].Length);
        file.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => file[0].Length);
    }

    [TestMethod]
    public void Write_EveryToken_TakesTwoBytes()
    {
        using var folder = new TemporaryFolder();
        var (few, many) = (new FileInfo(Write(folder, rows: 10, name: "few")), new FileInfo(Write(folder, rows: 1010, name: "many")));
        Assert.AreEqual(1000 * ((16 * 2) + 4), many.Length - few.Length); // and four bytes per label
    }

    [TestMethod]
    public void Open_AnyByteChanged_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, rows: 3);
        var bytes = File.ReadAllBytes(path);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 4;
            File.WriteAllBytes(path, bytes);
            var error = Assert.ThrowsExactly<InvalidDataException>(() => TokenFile.Open(path), $"byte {i}");
            StringAssert.StartsWith(error.Message, $"'{path}' cannot be read as tokens: ");
            bytes[i] ^= 4;
        }
    }

    [TestMethod]
    public void Open_CutOffOrLonger_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, rows: 3);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in (int[])[0, 7, 63, 64, 100, bytes.Length - 1])
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.ThrowsExactly<InvalidDataException>(() => TokenFile.Open(path), $"{length} bytes");
        }

        File.WriteAllBytes(path, [.. bytes, 0]);
        Assert.ThrowsExactly<InvalidDataException>(() => TokenFile.Open(path));
    }

    [TestMethod]
    public void Open_ChecksumsRightButContentWrong_IsRefused()
    {
        using var folder = new TemporaryFolder();
        AssertRefused([8], [0], Described, "it holds token 8 of 8 colors");
        AssertRefused([0], [2], Described, "row 0 has label 2 of 2 classes");
        AssertRefused([0], [-2], Described, "row 0 has label -2 of 2 classes");
        AssertRefused([0], null, Described, "it has labels without classes, or classes without labels");
        AssertRefused([0], [0], Described with { ClassNames = null }, "it has labels without classes, or classes without labels");
        AssertRefused([0], [0], Described with { Palette = Palette.FromColors(new byte[6]) }, "its palette has 2 colors for tokens of 8");

        void AssertRefused(ushort[] tokens, int[]? labels, TokenFileDescription description, string problem)
        {
            var path = folder.Combine("wrong.tokens");
            using (var writer = new TokenFileWriter(path, 8, 1, null))
            {
                writer.Add(tokens);
                writer.Complete(0, labels, description);
            }

            Assert.AreEqual($"'{path}' cannot be read as tokens: {problem}.", Assert.ThrowsExactly<InvalidDataException>(() => TokenFile.Open(path)).Message);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    [DataRow(36)]
    public void Open_MissingToken_IsNoticed(int place)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("missing.tokens");
        var tokens = new ushort[37];
        tokens[place] = TokenFile.Missing;
        using (var writer = new TokenFileWriter(path, 8, 37, null))
        {
            writer.Add(tokens);
            writer.Complete(0, null, Described with { ClassNames = null });
        }

        using var file = TokenFile.Open(path);
        Assert.IsTrue(file.HasMissing);
    }

    [TestMethod]
    public void Write_NotCompleted_LeavesTheOldFileAndNothingElse()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("train.tokens", [1, 2, 3]);
        using (var writer = new TokenFileWriter(path, 8, 16, 1000))
        {
            writer.Add(Tokens(0));
        }

        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Write_MoreThanTheDiskHolds_FailsAtOnceAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<IOException>(() => new TokenFileWriter(folder.Combine("huge.tokens"), 512, 65536, 1L << 40));
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Write_OverAMappedFile_LeavesWhatIsMapped()
    {
        using var folder = new TemporaryFolder();
        using var file = TokenFile.Open(Write(folder, rows: 3));
        Write(folder, rows: 4);
        CollectionAssert.AreEqual(Tokens(2), file[2].ToArray());
        Assert.AreEqual(3, file.Count);
    }

    private static string Write(TemporaryFolder folder, int rows, string name = "train.tokens")
    {
        using var writer = new TokenFileWriter(folder.Combine(name), TokenRows.Colors, TokenRows.Context, rows + 2);
        for (var row = 0; row < rows; row++)
        {
            writer.Add(Tokens(row));
        }

        writer.Complete(2, [.. Enumerable.Range(0, rows).Select(row => (row % 3) - 1)], Described);
        return folder.Combine(name);
    }

    private static ushort[] Tokens(int row) => Array.ConvertAll(TokenRows.Keys(row), key => (ushort)(key - 1));
}
