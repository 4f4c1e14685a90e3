using IGptMl.Tests.Contracts;
using IGptMl.Tests.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class DecodeImagesTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void Paths_GiveTheSameImagesAsTheirContents()
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => folder.Write($"{i}.png", EncodedImages.Png(i)))];
        CollectionAssert.AreEqual(Read(Contents(Enumerable.Range(0, 3).Select(i => EncodedImages.Png(i)))), Read(Paths(paths)));
    }

    [TestMethod]
    public void Unreadable_IsRefusedOrMissing()
    {
        var data = Contents([EncodedImages.Png(1), [1, 2, 3]]);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Read(data));
        Assert.AreEqual("'3 bytes' cannot be read as an image: it is not an image in a supported format.", error.Message);
        Assert.AreEqual("NaN", Read(data, UnreadableImages.Missing)[1]);
        error = Assert.ThrowsExactly<InvalidDataException>(() => Read(Paths(["nowhere.png"])));
        StringAssert.Contains(error.Message, "'nowhere.png' cannot be read as an image: it does not exist.");
    }

    [TestMethod]
    public void Content_OfMorePixelsThanAllowed_IsRefusedBeforeItIsDecoded()
    {
        var data = Contents([PictureBytes.Png(3, 5, 8, 0, new byte[5 * 4])]);
        Assert.HasCount(1, Columns(15));
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Columns(14));
        StringAssert.EndsWith(error.Message, "it has 3 x 5 pixels; expected at most 14 pixels.");
        error = Assert.ThrowsExactly<InvalidDataException>(() => _context.Transforms.DecodeImages("Image", "File", maximumPixels: 50_000_000)
            .Fit(data).Transform(Contents([PictureBytes.Png(10_000, 10_000, 8, 0, [])])).GetColumn<MLImage>("Image").ToArray());
        StringAssert.EndsWith(error.Message, "it has 10000 x 10000 pixels; expected at most 50,000,000 pixels.");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.DecodeImages("Image", "File", maximumPixels: 0));

        // A saved transformer has the same limit.
        using var stream = new MemoryStream();
        _context.Model.Save(_context.Transforms.DecodeImages("Image", "File", maximumPixels: 14).Fit(data), data.Schema, stream);
        stream.Position = 0;
        var loaded = _context.Model.Load(stream, out _);
        Assert.ThrowsExactly<InvalidDataException>(() => loaded.Transform(data).GetColumn<MLImage>("Image").ToArray());

        MLImage[] Columns(long most) => [.. _context.Transforms.DecodeImages("Image", "File", maximumPixels: most).Fit(data).Transform(data)
            .GetColumn<MLImage>("Image")];
    }

    [TestMethod]
    public void EmptyPath_IsAMissingImage() => CollectionAssert.AreEqual((string[])["NaN"], Read(Paths([string.Empty])));

    [TestMethod]
    public void Options_Wrong_AreReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.DecodeImages("", unreadable: UnreadableImages.Skip));
        Assert.AreEqual(
            "outputColumnName is ''; expected a column name. inputColumnName is ''; expected a column name. "
                + "unreadable is Skip; expected Refuse or Missing. (Parameter 'options')",
            error.Message);
    }

    private static TableView Contents(IEnumerable<byte[]> contents)
    {
        var rows = contents.ToArray();
        return Named(rows.Length).AddVector("File", new VectorDataViewType(NumberDataViewType.Byte), row => rows[row]);
    }

    private static TableView Paths(string[] paths) => Named(paths.Length).Add("File", TextDataViewType.Instance, row => paths[row].AsMemory());

    private static TableView Named(int rows) => new TableView(rows).Add("Name", TextDataViewType.Instance, row => $"{row}".AsMemory());

    private string[] Read(IDataView data, UnreadableImages unreadable = UnreadableImages.Refuse)
    {
        var images = _context.Transforms.DecodeImages("Image", "File", unreadable).Fit(data).Transform(data);
        return [.. RowValues.Read(images, ["Image"]).Select(row => string.Join(' ', row.Values))];
    }
}
