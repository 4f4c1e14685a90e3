using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class ImageListTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void LoadImageList_BackslashesOfWindows_SeparateFolders()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("cats/small/1.png", 1, 1, (1, 0, 0));
        folder.WriteImage("dogs/2.png", 1, 1, (2, 0, 0));
        var list = folder.Write("list.csv", "path,label\r\ncats\\small\\1.png,cat\r\n.\\dogs\\2.png,dog\r\n"u8.ToArray());
        var rows = Rows.Read(Ml.Data.LoadImageList(list));
        CollectionAssert.AreEqual(new[] { 1, 2 }, rows.Select(row => (int)row.Rgb![0]).ToArray());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void LoadImageList_BackslashInAName_IsKept()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a\\b.png", 1, 1, (3, 0, 0));
        var list = folder.Write("list.csv", "path,label\na\\b.png,x\n"u8.ToArray());
        Assert.AreEqual(3, Rows.Read(Ml.Data.LoadImageList(list)).Single().Rgb![0]);
    }

    [TestMethod]
    public void LoadImageList_Latin1_IsRefusedOrReadByItsEncoding()
    {
        using var folder = new TemporaryFolder();
        string[] names = ["bär", "bör", "bür"];
        var lines = names.Select((name, i) => $"{Path.GetFileName(folder.WriteImage($"{i}.png", 1, 1, ((byte)i, 0, 0)))},{name}\n");
        var list = folder.Write("list.csv", System.Text.Encoding.Latin1.GetBytes($"path,label\n{string.Concat(lines)}"));
        var message = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadImageList(list)).Message;
        StringAssert.StartsWith(message, $"'{list}', line 2, ");
        StringAssert.Contains(message, "ImageListOptions.Encoding, --encoding of the tool");
        var view = Ml.Data.LoadImageList(list, new() { Encoding = System.Text.Encoding.Latin1 });
        CollectionAssert.AreEqual(names, IGptMl.Cli.Sources.OpenedData.ClassNamesOf(view).ToArray());
    }

    [TestMethod]
    public void Csv_PathsAndLabels_InTheOrderOfTheList()
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", "id,Label,PATH\n1,dog,2.png\n2,cat,\"sub/1, the first.png\"\n\n3,,3.png\n");

        var view = Ml.Data.LoadImageList(list);

        var rows = Rows.Read(view);
        Assert.AreEqual("2.png|sub/1, the first.png|3.png", string.Join('|', rows.Select(r => r.Name)));
        CollectionAssert.AreEqual(new uint[] { 2, 1, 0 }, rows.Select(r => r.Label).ToArray(), "Classes in ordinal order; an empty label is a missing one.");
        Assert.AreEqual("2 1 3", string.Join(' ', rows.Select(r => r.Rgb![0])));
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("cat dog", string.Join(' ', names.DenseValues()));
    }

    [TestMethod]
    public void Tsv_WithoutHeader_TakesTheFirstColumns()
    {
        using var folder = Pictures();
        var list = Write(folder, "lists/list.tsv", "3.png\tb\tmore\n2.png\ta\n");

        var rows = Rows.Read(Ml.Data.LoadImageList(list, new() { HasHeader = false, Folder = folder.Path }));

        Assert.AreEqual("3.png 2.png", string.Join(' ', rows.Select(r => r.Name)));
        CollectionAssert.AreEqual(new uint[] { 2, 1 }, rows.Select(r => r.Label).ToArray());
    }

    [TestMethod]
    public void NoLabels_OwnSeparatorAndColumn_AreOneClassWithoutLabels()
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", "file;other\n3.png;x\n");

        var view = Ml.Data.LoadImageList(list, new() { PathColumnName = "file", LabelColumnName = null, Separator = ';' });

        Assert.AreEqual(0u, Rows.Read(view).Single().Label);
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 1), view.Schema["Label"].Type);
    }

    [TestMethod]
    public void AbsolutePaths_AreTakenAsTheyAre()
    {
        using var folder = Pictures();
        using var elsewhere = new TemporaryFolder();
        var list = Write(elsewhere, "list.csv", $"path,label\n{folder.Combine("2.png")},a\n");

        Assert.AreEqual(2, Rows.Read(Ml.Data.LoadImageList(list)).Single().Rgb![0]);
    }

    [TestMethod]
    public void ShuffleSeed_GivesAnOrder()
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", "path,label\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{(i % 2) + 2}.png,{i:00}\n")));
        var plain = Rows.Read(Ml.Data.LoadImageList(list));

        var shuffled = Rows.Read(Ml.Data.LoadImageList(list, new() { ShuffleSeed = 1 }));

        CollectionAssert.AreNotEqual(plain.Select(r => r.Label).ToArray(), shuffled.Select(r => r.Label).ToArray());
        Rows.AssertEqual(plain, [.. shuffled.OrderBy(r => r.Label)]);
    }

    [TestMethod]
    [DataRow("path,label\n2.png,a\nnowhere.png,a\nnot.png,b\n", "'{0}', line 3: '{1}nowhere.png' does not exist; 2 of 3 files are missing.")]
    [DataRow("file,label\n2.png,a\n", "'{0}' has no column 'path'; it has 'file', 'label'.")]
    [DataRow("path,class\n2.png,a\n", "'{0}' has no column 'label'; it has 'path', 'class'.")]
    [DataRow("path,label\n2.png,a\n3.png\n", "'{0}', line 3: 1 columns, but 2 are needed. Is the separator ','?")]
    [DataRow("path,label\n,a\n", "'{0}', line 2: the path is empty.")]
    [DataRow("path,label\n\"2.png,a\n", "'{0}', line 2: the quotes of the fields do not match.")]
    [DataRow("path,label\n2.png,\n", "Image list '{0}' has no labels: every one is empty.")]
    [DataRow("path,label\n", "Image list '{0}' has no images.")]
    [DataRow("", "'{0}' is an empty file; expected a list of images.")]
    public void Load_BadList_NamesTheLine(string content, string message)
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", content);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadImageList(list));
        Assert.AreEqual(string.Format(message, list, folder.Path + Path.DirectorySeparatorChar), error.Message);
    }

    [TestMethod]
    public void FilesThatDoNotExist_AreMissingOrSkippedAsTheOptionSays()
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", "path,label\n2.png,a\nnowhere.png,a\n3.png,b\n");

        var missing = Rows.Read(Ml.Data.LoadImageList(list, new() { Unreadable = UnreadableImages.Missing }));
        var skipped = Rows.Read(Ml.Data.LoadImageList(list, new() { Unreadable = UnreadableImages.Skip }));

        Assert.IsNull(missing[1].Rgb);
        Assert.HasCount(3, missing);
        Assert.AreEqual("2.png 3.png", string.Join(' ', skipped.Select(r => r.Name)));
    }

    [TestMethod]
    public void Load_BadArguments_Throw()
    {
        using var folder = Pictures();
        var list = Write(folder, "list.csv", "path,label\n2.png,a\n");

        Assert.ThrowsExactly<FileNotFoundException>(() => Ml.Data.LoadImageList(folder.Combine("nowhere.csv")));
        Assert.ThrowsExactly<ArgumentException>(() => Ml.Data.LoadImageList(" "));
        Assert.ThrowsExactly<ArgumentException>(() => Ml.Data.LoadImageList(list, new() { PathColumnName = "" }));
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => Ml.Data.LoadImageList(list, new() { Folder = folder.Combine("nowhere") }));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadImageList(list, new() { Unreadable = (UnreadableImages)9 }));
    }

    private static TemporaryFolder Pictures()
    {
        var folder = new TemporaryFolder();
        folder.WriteImage("sub/1, the first.png", 1, 1, (1, 0, 0));
        folder.WriteImage("2.png", 1, 1, (2, 0, 0));
        folder.WriteImage("3.png", 1, 1, (3, 0, 0));
        return folder;
    }

    private static string Write(TemporaryFolder folder, string name, string content) => folder.Write(name, Encoding.UTF8.GetBytes(content));
}
