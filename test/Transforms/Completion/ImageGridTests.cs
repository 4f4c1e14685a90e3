using IGptMl.Tests.Contracts;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Completion;

[TestClass]
public sealed class ImageGridTests
{
    [TestMethod]
    public void Create_PicturesOfTwoSizes_PutsEachIntoTheMiddleOfItsPlace()
    {
        using var red = ImageRows.Plain(2, 2, 255, 0, 0);
        using var blue = ImageRows.Plain(1, 1, 0, 0, 255, MLPixelFormat.Bgra32);
        using var grid = ImageGrid.Create([[red, null, blue], [blue]], scale: 2, gap: 1);
        Assert.AreEqual((16, 11), (grid.Width, grid.Height));
        string[] expected =
        [
            "                ",
            " rrrr           ",
            " rrrr       bb  ",
            " rrrr       bb  ",
            " rrrr           ",
            "                ",
            "                ",
            "  bb            ",
            "  bb            ",
            "                ",
            "                ",
        ];
        for (var y = 0; y < 11; y++)
        {
            var row = Enumerable.Range(0, 16).Select(x => grid.Pixels.Slice(4 * ((16 * y) + x), 3).ToArray() switch
            {
                [255, 255, 255] => ' ',
                [255, 0, 0] => 'r',
                [0, 0, 255] => 'b',
                _ => '?',
            });
            Assert.AreEqual(expected[y], new string([.. row]));
        }
    }

    [TestMethod]
    public void Create_OfAView_HasARowForEachOfItsFirstRows()
    {
        var data = ImageRows.Of(ImageRows.Plain(2, 2, 255, 0, 0), null, ImageRows.Plain(2, 2, 0, 0, 255), ImageRows.Plain(2, 2, 0, 255, 0));
        using var grid = ImageGrid.Create(data, ["Image", "Image"], maximumRows: 3, scale: 1, gap: 0);
        Assert.AreEqual((4, 6), (grid.Width, grid.Height));
        CollectionAssert.AreEqual((byte[])[255, 0, 0, 255], grid.Pixels[..4].ToArray());
        CollectionAssert.AreEqual((byte[])[255, 255, 255, 255], grid.Pixels.Slice(4 * 4 * 2, 4).ToArray());
        CollectionAssert.AreEqual((byte[])[0, 0, 255, 255], grid.Pixels[^4..].ToArray());
        using var abreast = ImageGrid.Create(data, ["Image"], scale: 1, gap: 0, abreast: 3);
        Assert.AreEqual((6, 4), (abreast.Width, abreast.Height));
        CollectionAssert.AreEqual((byte[])[0, 255, 0, 255], abreast.Pixels.Slice(4 * 6 * 3, 4).ToArray());
        StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGrid.Create(data, ["Imge"])).Message,
            "Could not find image column 'Imge'");
    }

    [TestMethod]
    public void Create_NothingOrTooMuch_IsRefused()
    {
        using var image = ImageRows.Plain(1, 1, 0, 0, 0);
        Assert.ThrowsExactly<ArgumentException>(() => ImageGrid.Create([[null], []]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGrid.Create([[image]], scale: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGrid.Create([[image]], gap: -1));
        using var large = ImageRows.Plain(1000, 1000, 0, 0, 0);
        Assert.Contains("at most 2^28", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGrid.Create([[large]], scale: 64)).Message);
    }
}
