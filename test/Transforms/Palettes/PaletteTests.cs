using IGptMl.Formats;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Images;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PaletteTests
{
    [TestMethod]
    public void Load_OpenAiPalette_HasItsColors()
    {
        var palette = ProcessorReference.OpenAiPalette;
        Assert.AreEqual(512, palette.Count);
        Assert.AreEqual(3 * 512, palette.Centers.Length);
        Assert.AreEqual(0.88664436f, palette.Centers.Span[0]);
        Assert.AreEqual((241, 212, 177), palette.GetColor(0));
        Assert.AreEqual("#F1D4B1", palette.ToHexNames()[0]);
    }

    [TestMethod]
    public void Write_OpenAiPalette_GivesTheFileItself()
    {
        using var stream = new MemoryStream();
        ProcessorReference.OpenAiPalette.Write(stream);
        CollectionAssert.AreEqual(File.ReadAllBytes(ProcessorReference.PalettePath), stream.ToArray());
    }

    [TestMethod]
    public void FromColors_EveryChannelValue_ComesBack()
    {
        var colors = new byte[3 * 256];
        for (var i = 0; i < 256; i++)
        {
            (colors[3 * i], colors[(3 * i) + 1], colors[(3 * i) + 2]) = ((byte)i, (byte)(255 - i), (byte)(i ^ 85));
        }

        var palette = Palette.FromColors(colors);
        for (var i = 0; i < 256; i++)
        {
            Assert.AreEqual(((byte)i, (byte)(255 - i), (byte)(i ^ 85)), palette.GetColor(i));
        }
    }

    [TestMethod]
    public void GetColor_CenterHalfWay_RoundsToEven()
    {
        // 127.5 (0 + 1) = 127.5
        Assert.AreEqual((128, 255, 0), Palette.FromCenters([0, 1, -1, 0, 0, 0]).GetColor(0));
    }

    [TestMethod]
    public void GetColor_CenterWithinTolerance_StaysAByte()
    {
        Assert.AreEqual((255, 0, 255), Palette.FromCenters([1.0009f, -1.0009f, 1, 0, 0, 0]).GetColor(0));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(2)]
    public void GetColor_NoSuchToken_Throws(int index)
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Palette.FromColors(new byte[6]).GetColor(index));
        StringAssert.Contains(error.Message, "tokens 0 to 1");
    }

    [TestMethod]
    public void FromCenters_ArgumentChangesLater_PaletteDoesNot()
    {
        var centers = new float[6];
        var palette = Palette.FromCenters(centers);
        centers[0] = 1;
        Assert.AreEqual(0f, palette.Centers.Span[0]);
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(0)]
    [DataRow(3 * 65536)]
    public void FromCentersAndColors_CountOutOfRange_NamesIt(int length)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Palette.FromCenters(new float[length]));
        StringAssert.Contains(error.Message, $"A palette has 2 to 65535 colors, not {length / 3}.");
        Assert.ThrowsExactly<ArgumentException>(() => Palette.FromColors(new byte[length]));
    }

    [TestMethod]
    public void FromCentersAndColors_NotTriples_Throw()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Palette.FromCenters(new float[7]));
        StringAssert.Contains(error.Message, "7 is not a multiple of 3");
        Assert.ThrowsExactly<ArgumentException>(() => Palette.FromColors(new byte[8]));
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    [DataRow(1.01f)]
    [DataRow(-1.01f)]
    public void FromCenters_ValueOutOfRange_NamesItsPlace(float value)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Palette.FromCenters([0, 0, 0, 0, value, 0]));
        StringAssert.Contains(error.Message, "Color 1, channel G is ");
    }

    [TestMethod]
    public void Equals_IsByContent()
    {
        var palette = Palette.FromColors([1, 2, 3, 4, 5, 6]);
        var same = Palette.FromCenters(palette.Centers.Span);
        Assert.AreEqual(palette, same);
        Assert.AreEqual(palette.GetHashCode(), same.GetHashCode());
        Assert.AreNotEqual(palette, Palette.FromColors([1, 2, 3, 4, 5, 7]));
        Assert.AreNotEqual(palette, Palette.FromColors([1, 2, 3, 4, 5, 6, 0, 0, 0]));
        Assert.IsFalse(palette.Equals(null));
        Assert.IsTrue(palette == same);
        Assert.IsTrue(palette != Palette.FromColors(new byte[6]));
        Assert.IsFalse(palette == null);
    }

    [TestMethod]
    public void Save_OverAnotherFile_ComesBackAndLeavesNothingElse()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, "palette.npy");
            File.WriteAllText(path, "something longer than nothing");
            var palette = Palette.FromCenters([-1, 0.123456789f, 1, 0.5f, -0.25f, 0]);
            palette.Save(path);
            Assert.AreEqual(palette, Palette.Load(path));
            Assert.HasCount(1, folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void Read_Float64_IsConverted()
    {
        double[] values = [0.1, -0.2, 0.3, 1, -1, 0];
        var bytes = NpyBytes.Of("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", [.. values.SelectMany(BitConverter.GetBytes)]);
        var palette = Palette.Read(new MemoryStream(bytes), "p");
        CollectionAssert.AreEqual(Array.ConvertAll(values, value => (float)value), palette.Centers.ToArray());
    }

    [TestMethod]
    public void Read_WrongShapeTypeOrValue_NamesFileAndProblem()
    {
        AssertRefused(stream => NpyFormat.Write(stream, new float[6], 6), "'x.npy' is not a palette: its shape is (6,), expected (K, 3).");
        AssertRefused(stream => NpyFormat.Write(stream, new float[8], 2, 4), "'x.npy' is not a palette: its shape is (2, 4), expected (K, 3).");
        AssertRefused(stream => NpyFormat.Write(stream, new float[3], 1, 3), "'x.npy' is not a palette: A palette has 2 to 65535 colors, not 1.");
        AssertRefused(
            stream => NpyFormat.Write(stream, [0f, 0, 255, 0, 0, 0], 2, 3),
            "'x.npy' is not a palette: Color 0, channel B is 255; expected a value in [-1, 1] (v / 127.5 - 1).");
    }

    private static void AssertRefused(Action<Stream> write, string message)
    {
        using var stream = new MemoryStream();
        write(stream);
        stream.Position = 0;
        Assert.AreEqual(message, Assert.ThrowsExactly<InvalidDataException>(() => Palette.Read(stream, "x.npy")).Message);
    }
}
