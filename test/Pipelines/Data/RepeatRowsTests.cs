using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class RepeatRowsTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Rows_ComePassByPass()
    {
        var data = ImageRows.Create(5);
        var repeated = _context.Data.RepeatRows(data, 3);
        Assert.AreEqual(15L, repeated.GetRowCount());
        Assert.AreSame(data.Schema, repeated.Schema);
        CollectionAssert.AreEqual(Enumerable.Range(0, 15).Select(i => $"row {i % 5}").ToArray(), repeated.GetColumn<string>("Name").ToArray());
        using var cursor = repeated.GetRowCursor(repeated.Schema);
        var positions = new List<long>();
        while (cursor.MoveNext())
        {
            positions.Add(cursor.Position);
        }

        CollectionAssert.AreEqual(Enumerable.Range(0, 15).Select(i => (long)i).ToArray(), positions);
        Assert.IsFalse(cursor.MoveNext());
    }

    [TestMethod]
    public void Ids_AreTheRowsOwnInTheFirstPassAndAllDifferent()
    {
        var ids = Ids(_context.Data.RepeatRows(ImageRows.Create(5), 4));
        CollectionAssert.AreEqual(Ids(ImageRows.Create(5)), ids[..5]);
        Assert.HasCount(20, ids.Distinct().ToArray());
        CollectionAssert.AreEqual(ids, Ids(_context.Data.RepeatRows(ImageRows.Create(5), 4)));
    }

    [TestMethod]
    public void Shuffled_EveryPassHasAllRowsInAnOrderOfItsOwn()
    {
        var data = _context.Data.RepeatRows(ImageRows.Create(9), 2);
        var names = Names(data, new Random(1));
        CollectionAssert.AreEquivalent(names[..9], names[9..]);
        CollectionAssert.AreNotEqual(names[..9], names[9..]);
        CollectionAssert.AreEqual(names, Names(data, new Random(1)));
    }

    [TestMethod]
    public void RandomCrops_OfRepeatedImages_Differ()
    {
        using var image = ImageRows.Random(60, 40, seed: 5);
        var quantizer = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4, ImageCropping.RandomCrop).Fit(ImageRows.Of(image));
        var repeated = _context.Data.RepeatRows(ImageRows.Of(image), 20);
        var tokens = RowValues.Read(quantizer.Transform(repeated), ["Tokens"]).Select(row => string.Join(',', row.Values));
        Assert.IsGreaterThan(10, tokens.Distinct().Count());
    }

    [TestMethod]
    public void Images_OfAFolder_AreReadInEveryPass()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a/1.png", 4, 4, (255, 0, 0));
        folder.WriteImage("b/2.png", 4, 4, (0, 0, 255));
        var images = _context.Data.RepeatRows(_context.Data.LoadImageFolder(folder.Path), 3);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4).Fit(images).Transform(images);
        var read = RowValues.Read(tokens, ["Tokens"]).Select(row => row.Values.Distinct().Single()).ToArray();
        CollectionAssert.AreEqual(new double[] { 5, 2, 5, 2, 5, 2 }, read);
    }

    [TestMethod]
    public void Getters_OfWrongTypeOrInactiveColumns_Throw()
    {
        var data = _context.Data.RepeatRows(ImageRows.Create(3), 2);
        using var cursor = data.GetRowCursor([data.Schema["Name"]]);
        Assert.IsFalse(cursor.IsColumnActive(data.Schema["Label"]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cursor.GetGetter<uint>(data.Schema["Label"]));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(data.Schema["Name"]));
    }

    [TestMethod]
    public void NoRows_EndAtOnce() => Assert.HasCount(0, _context.Data.RepeatRows(ImageRows.Create(0), 1000).GetColumn<string>("Name").ToArray());

    [TestMethod]
    public void NoTimes_IsRefused()
        => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Data.RepeatRows(ImageRows.Create(3), 0));

    private static DataViewRowId[] Ids(IDataView view)
    {
        var ids = new List<DataViewRowId>();
        using var cursor = view.GetRowCursor([]);
        var getter = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            getter(ref id);
            ids.Add(id);
        }

        return [.. ids];
    }

    private static string[] Names(IDataView view, Random random)
    {
        var names = new List<string>();
        using var cursor = view.GetRowCursor([view.Schema["Name"]], random);
        var getter = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
        while (cursor.MoveNext())
        {
            ReadOnlyMemory<char> name = default;
            getter(ref name);
            names.Add(name.ToString());
        }

        return [.. names];
    }
}
