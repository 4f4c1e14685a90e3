using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class ImageFolderTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void LoadImageFolder_EveryExtensionOfADecodedFormat_IsRead()
    {
        using var folder = new TemporaryFolder();
        foreach (var extension in IGptMl.Images.ImageDecoder.Extensions)
        {
            var encoded = folder.WriteImage("encoded.jpg", 8, 8, (200, 10, 10)); // a decoder looks at the content
            File.Move(encoded, folder.Write($"images/a{extension.ToUpperInvariant()}", []), overwrite: true);
        }

        Assert.HasCount(IGptMl.Images.ImageDecoder.Extensions.Count, Rows.Read(Ml.Data.LoadImageFolder(folder.Combine("images"))));
        Assert.Contains(".jfif", IGptMl.Images.ImageDecoder.Extensions);
    }

    [TestMethod]
    public void Load_ClassFolders_OrderedByClassThenPath()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("cat/b.png", 4, 3, (10, 20, 30));
        folder.WriteImage("cat/a/z.png", 2, 2, (1, 2, 3));
        folder.WriteImage("Zebra/x.webp", 5, 5, (0, 0, 0));
        folder.WriteImage("dog/2.JPG", 8, 8, (200, 100, 50));
        folder.WriteImage("dog/1.jpeg", 8, 8, (50, 100, 200));
        folder.Write("dog/notes.txt", [1, 2, 3]);
        folder.Write("README.md", [1]);

        var view = Ml.Data.LoadImageFolder(folder.Path);

        var rows = Rows.Read(view);
        Assert.AreEqual("Zebra/x.webp cat/a/z.png cat/b.png dog/1.jpeg dog/2.JPG", string.Join(' ', rows.Select(r => r.Name)));
        CollectionAssert.AreEqual(new uint[] { 1, 2, 2, 3, 3 }, rows.Select(r => r.Label).ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("Zebra cat dog", string.Join(' ', names.DenseValues()));
        Assert.AreEqual(new ImageDataViewType(), view.Schema["Image"].Type);
        Assert.AreEqual(5L, view.GetRowCount());
    }

    [TestMethod]
    public void Images_AreDecodedWithTheirOwnSizes()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a/one.png", 4, 3, (10, 20, 30));
        folder.WriteImage("b/two.jpg", 16, 8, (200, 100, 50));

        var rows = Rows.Read(Ml.Data.LoadImageFolder(folder.Path));

        Assert.AreEqual((3, 4), (rows[0].Height, rows[0].Width));
        CollectionAssert.AreEqual(Enumerable.Repeat(new byte[] { 10, 20, 30 }, 12).SelectMany(p => p).ToArray(), rows[0].Rgb);
        Assert.AreEqual((8, 16), (rows[1].Height, rows[1].Width));
        Assert.AreEqual(200.0, rows[1].Rgb![0], 4, "JPEG is lossy, but not by more.");
    }

    [TestMethod]
    public void Load_NoSubfolders_IsOneClassNamedAfterTheFolder()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("holiday/b.png", 2, 2, (1, 1, 1));
        folder.WriteImage("holiday/a.png", 2, 2, (2, 2, 2));

        var view = Ml.Data.LoadImageFolder(folder.Combine("holiday") + Path.DirectorySeparatorChar);

        Assert.AreEqual("a.png b.png", string.Join(' ', Rows.Read(view).Select(r => r.Name)));
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("holiday", names.GetItemOrDefault(0).ToString());
        Assert.AreEqual(1, names.Length);
    }

    [TestMethod]
    public void Read_BrokenFile_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 2, 2, (1, 1, 1));
        var broken = folder.Write("a/2.png", [1, 2, 3, 4]);
        var view = Ml.Data.LoadImageFolder(folder.Path);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Rows.Read(view));
        Assert.AreEqual(
            $"'{broken}' cannot be read as an image: it is not an image in a supported format.",
            error.Message.Replace('/', Path.DirectorySeparatorChar));
    }

    [TestMethod]
    public void Read_BrokenFilesMissing_GivesNullAndGoesOn()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 2, 2, (1, 1, 1));
        folder.Write("a/2.png", [1, 2, 3, 4]);
        folder.Write("a/3.jpg", []);
        folder.WriteImage("a/4.png", 2, 2, (4, 4, 4));
        var gone = folder.WriteImage("b/5.png", 2, 2, (5, 5, 5));
        var view = Ml.Data.LoadImageFolder(folder.Path, UnreadableImages.Missing);
        File.Delete(gone);

        var rows = Rows.Read(view);

        Assert.AreEqual("1 0 0 4 0", string.Join(' ', rows.Select(r => r.Rgb?[0] ?? 0)));
        CollectionAssert.AreEqual(new uint[] { 1, 1, 1, 1, 2 }, rows.Select(r => r.Label).ToArray());
    }

    [TestMethod]
    public void Load_EmptyClass_NamesIt()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("cat/1.png", 2, 2, (1, 1, 1));
        folder.Write("dog/notes.txt", [1]);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadImageFolder(folder.Path));
        StringAssert.StartsWith(error.Message, $"Class folder 'dog' of '{folder.Path}' has no images");
    }

    [TestMethod]
    public void Load_ImageBesideClassFolders_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("cat/1.png", 2, 2, (1, 1, 1));
        folder.WriteImage("stray.png", 2, 2, (1, 1, 1));

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadImageFolder(folder.Path));
        StringAssert.Contains(error.Message, "'stray.png' next to them has no class");
    }

    [TestMethod]
    public void Load_EmptyOrNoFolder_Throws()
    {
        using var folder = new TemporaryFolder();

        var empty = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadImageFolder(folder.Path));
        StringAssert.StartsWith(empty.Message, $"Image folder '{folder.Path}' has neither subfolders nor images");
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Ml.Data.LoadImageFolder(folder.Combine("nowhere")));
        Assert.ThrowsExactly<ArgumentException>(() => Ml.Data.LoadImageFolder(""));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadImageFolder(folder.Path, (UnreadableImages)5));
    }
}
