using IGptMl.Hosting;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>Rows whose images cannot be read are skipped, in every pass the same ones, and each is reported once.</summary>
[TestClass]
public sealed class ImageCensusTests
{
    private readonly MLContext _context = new(seed: 1);
    private readonly List<UnreadableImage> _reports = [];

    [TestMethod]
    public void Filter_EveryPass_HasTheSameRows()
    {
        using var folder = Mixed();
        var view = Filter(folder);
        Assert.IsNull(view.GetRowCount());
        string[] expected = ["a/1.png", "a/3.png", "b/2.png"];
        CollectionAssert.AreEqual(expected, view.GetColumn<string>("Name").ToArray(), "without the images");
        CollectionAssert.AreEqual(expected, Rows.Read(view).Select(row => row.Name).ToArray(), "with the images");
        CollectionAssert.AreEqual(expected, _context.Data.RepeatRows(view, 2).GetColumn<string>("Name").Take(3).ToArray());
        CollectionAssert.AreEquivalent(new[] { "a/2.png", "b/1.png" }, _reports.Select(image => image.Name).ToArray(), "each once");
        Assert.IsTrue(_reports.All(image => image.Problem.Contains($"{image.Name}' cannot be read as an image", StringComparison.Ordinal)));
        Assert.AreEqual(DataIdentity.Of(_context.Data.LoadImageFolder(folder.Path)), DataIdentity.Of(view));

        // A network reads batches ahead with a second cursor, which must skip the same rows.
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(view).Transform(view);
        using var features = _context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(tokens);
        CollectionAssert.AreEqual(expected, features.Transform(tokens).GetColumn<string>("Name").ToArray());
        Assert.HasCount(3, features.Transform(tokens).GetColumn<float[]>("Features").ToArray());
    }

    [TestMethod]
    public void Filter_ShuffledPass_HasTheReadableRows()
    {
        using var folder = Mixed();
        var all = Filter(folder);
        using var cursor = all.GetRowCursor(all.Schema);
        var positions = new List<long>();
        while (cursor.MoveNext())
        {
            positions.Add(cursor.Position);
        }

        CollectionAssert.AreEqual(new long[] { 0, 1, 2 }, positions);
        Assert.AreEqual(-1, cursor.Position);
        var view = Filter(folder);
        var name = view.Schema["Name"];
        using var shuffled = view.GetRowCursor([name], new Random(3));
        var names = new List<string>();
        var getter = shuffled.GetGetter<ReadOnlyMemory<char>>(name);
        ReadOnlyMemory<char> value = default;
        while (shuffled.MoveNext())
        {
            getter(ref value);
            names.Add(value.ToString());
        }

        CollectionAssert.AreEquivalent(new[] { "a/1.png", "a/3.png", "b/2.png" }, names);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => shuffled.GetGetter<MLImage>(view.Schema["Image"]));
    }

    [TestMethod]
    public void Filter_NoReadableImage_EndsWithAnError()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", []);
        folder.Write("b.png", [1]);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Filter(folder).GetColumn<string>("Name").ToArray());
        Assert.AreEqual("None of the 2 images can be read.", error.Message);
        Assert.HasCount(2, _reports);
    }

    [TestMethod]
    public void SaveAsNpy_OfAFilter_CountsTheRowsAsItWrites()
    {
        using var folder = Mixed();
        var view = Filter(folder);
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(view).Transform(view);
        var path = folder.Combine("tokens.npy");
        _context.Data.SaveAsNpy(tokens, path, "Tokens");
        Assert.AreEqual(3, IGptMl.Formats.NpyFormat.Read(path).Header.Shape[0]);
        CollectionAssert.AreEqual(
            tokens.GetColumn<ushort[]>("Tokens").SelectMany(row => row).Select(key => (ushort)(key - 1)).ToArray(),
            IGptMl.Formats.NpyFormat.Read(path).Values<ushort>().ToArray());
    }

    [TestMethod]
    public void LoadImageFiles_FilesAndFolders_AreRowsWithoutLabels()
    {
        using var folder = Mixed();
        string[] paths = [folder.Combine("b", "2.png"), folder.Combine("a"), folder.Combine("gone.png")];
        var view = _context.Data.LoadImageFiles(paths);
        Assert.AreEqual(5L, view.GetRowCount());
        string[] expected = [paths[0], folder.Combine("a", "1.png"), folder.Combine("a", "3.png")];
        CollectionAssert.AreEqual(expected, _context.Data.FilterUnreadableImages(view, _reports.Add).GetColumn<string>("Name").ToArray());
        Assert.IsTrue(view.GetColumn<uint>("Label").All(label => label == 0));
        CollectionAssert.AreEqual(new[] { folder.Combine("a", "2.png"), paths[2] }, _reports.Select(image => image.Name).ToArray());
        Assert.ThrowsExactly<ArgumentException>(() => _context.Data.LoadImageFiles([]));
        Assert.ThrowsExactly<ArgumentException>(() => _context.Data.LoadImageFiles([" "]));
    }

    private IDataView Filter(TemporaryFolder folder) => _context.Data.FilterUnreadableImages(_context.Data.LoadImageFolder(folder.Path), _reports.Add);

    private static TemporaryFolder Mixed()
    {
        var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 3, 3, (1, 1, 1));
        folder.Write("a/2.png", []);
        folder.WriteImage("a/3.png", 3, 3, (200, 1, 1));
        folder.Write("b/1.png", [1, 2, 3]);
        folder.WriteImage("b/2.png", 3, 3, (1, 200, 1));
        return folder;
    }
}
