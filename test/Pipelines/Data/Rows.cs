using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

/// <summary>Reads image views as a trainer does: with one cursor and the same variables for every row.</summary>
internal static class Rows
{
    public sealed record Row(string Name, uint Label, byte[]? Rgb, int Height, int Width);

    public static List<Row> Read(IDataView view, Random? rand = null)
    {
        using var cursor = view.GetRowCursor(view.Schema, rand);
        return Read(cursor);
    }

    public static List<Row> Read(DataViewRowCursor cursor)
    {
        var getImage = cursor.GetGetter<MLImage>(cursor.Schema["Image"]);
        var getLabel = cursor.GetGetter<uint>(cursor.Schema["Label"]);
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Name"]);
        var rows = new List<Row>();
        MLImage? image = null;
        uint label = 0;
        ReadOnlyMemory<char> name = default;
        while (cursor.MoveNext())
        {
            getImage(ref image!);
            getLabel(ref label);
            getName(ref name);
            rows.Add(new Row(name.ToString(), label, image is null ? null : Rgb(image), image?.Height ?? 0, image?.Width ?? 0));
        }

        return rows;
    }

    /// <summary>Red, green and blue of each pixel, for any channel order of the image.</summary>
    public static byte[] Rgb(MLImage image)
    {
        var bgr = image.GetBGRPixels;
        for (var i = 0; i < bgr.Length; i += 3)
        {
            (bgr[i], bgr[i + 2]) = (bgr[i + 2], bgr[i]);
        }

        return bgr;
    }

    public static void AssertEqual(IReadOnlyList<Row> expected, IReadOnlyList<Row> actual)
    {
        Assert.HasCount(expected.Count, actual);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.AreEqual(expected[i].Name, actual[i].Name);
            Assert.AreEqual(expected[i].Label, actual[i].Label);
            CollectionAssert.AreEqual(expected[i].Rgb, actual[i].Rgb, $"Pixels of {expected[i].Name} differ.");
        }
    }
}
