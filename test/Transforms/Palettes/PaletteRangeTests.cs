using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Images;
using IGptMl.Tests.Models;
using Microsoft.ML;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PaletteRangeTests
{
    /// <summary>Red, a gray, and a color of which no channel is at an end of the range.</summary>
    private static readonly byte[] Colors = [255, 0, 0, 150, 150, 150, 2, 77, 254];

    [TestMethod]
    [DataRow(PaletteRange.MinusOneToOne)]
    [DataRow(PaletteRange.ZeroToOne)]
    [DataRow(PaletteRange.ZeroTo255)]
    public void Load_RangeGivenOrFound_GivesTheSameColors(PaletteRange range)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, Stored(range));
        var (given, found) = (Palette.Load(path, range), Palette.Load(path));
        Assert.AreEqual(given, found);
        Assert.IsNull(given.AssumedRange);
        Assert.AreEqual(range == PaletteRange.ZeroToOne ? range : null, found.AssumedRange);
        CollectionAssert.AreEqual(Colors, ColorsOf(found));
    }

    [TestMethod]
    public void Load_ChannelValues_AreThoseOfFromColors()
    {
        using var folder = new TemporaryFolder();
        var floats = Write(folder, Stored(PaletteRange.ZeroTo255));
        var bytes = folder.Combine("bytes.npy");
        using (var stream = File.Create(bytes))
        {
            NpyFormat.Write(stream, Colors, 3, 3);
        }

        Assert.AreEqual(Palette.FromColors(Colors), Palette.Load(floats));
        Assert.AreEqual(Palette.FromColors(Colors), Palette.Load(bytes));
    }

    [TestMethod]
    public void Load_PublishedPalette_IsCertain()
    {
        Assert.IsNull(Palette.Load(ProcessorReference.PalettePath).AssumedRange);
        Assert.AreEqual(ProcessorReference.OpenAiPalette, Palette.Load(ProcessorReference.PalettePath, PaletteRange.MinusOneToOne));
    }

    [TestMethod]
    public void Load_OnlyLightColorsOfMinusOneToOne_ComeBackWhenTheRangeIsGiven()
    {
        using var folder = new TemporaryFolder();
        var palette = Palette.FromColors([255, 255, 255, 128, 200, 130]);
        palette.Save(folder.Combine("p.npy"));
        Assert.AreEqual(palette, Palette.Load(folder.Combine("p.npy"), PaletteRange.MinusOneToOne));
        Assert.AreEqual(PaletteRange.ZeroToOne, Palette.Load(folder.Combine("p.npy")).AssumedRange);
    }

    [TestMethod]
    [DataRow(PaletteRange.ZeroToOne, -0.25f, "Color 0, channel R is -0.25; expected a value in [0, 1].")]
    [DataRow(PaletteRange.ZeroToOne, 255f, "Color 0, channel R is 255; expected a value in [0, 1].")]
    [DataRow(PaletteRange.ZeroTo255, 256f, "Color 0, channel R is 256; expected a value in [0, 255].")]
    [DataRow(PaletteRange.MinusOneToOne, 255f, "Color 0, channel R is 255; expected a value in [-1, 1] (v / 127.5 - 1).")]
    [DataRow(PaletteRange.Detect, 1.25f, "Color 0, channel R is 1.25; expected a value in [-1, 1] (v / 127.5 - 1).")]
    [DataRow(PaletteRange.Detect, 65535f, "Color 0, channel R is 65535; expected a value in [0, 255].")]
    [DataRow(PaletteRange.Detect, float.NaN, "Color 0, channel R is NaN; expected a value in [-1, 1] (v / 127.5 - 1).")]
    public void Load_ValueOutsideTheRange_NamesBoth(PaletteRange range, float value, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, [value, 0, 0, 1, 1, 1]);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Palette.Load(path, range));
        Assert.AreEqual($"'{path}' is not a palette: {problem}", error.Message);
    }

    [TestMethod]
    public void Load_UnknownRange_IsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Palette.Load(ProcessorReference.PalettePath, (PaletteRange)9));
        StringAssert.Contains(error.Message, "ZeroTo255");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGptModel.Load(TestData.PathOf("tiny"), (PaletteRange)9));
    }

    [TestMethod]
    [DataRow(PaletteRange.ZeroToOne)]
    [DataRow(PaletteRange.ZeroTo255)]
    public void LoadModel_ClustersOfAnotherRange_GiveTheSamePalette(PaletteRange range)
    {
        using var folder = new TinyFolder();
        using var expected = ImageGptModel.Load(folder.Path);
        folder.Edit("preprocessor_config.json", json =>
        {
            foreach (var color in json["clusters"]!.AsArray())
            {
                for (var i = 0; i < 3; i++)
                {
                    var value = ((double)color![i]! + 1) / 2;
                    color[i] = range == PaletteRange.ZeroToOne ? value : value * 255;
                }
            }
        });
        using var given = ImageGptModel.Load(folder.Path, range);
        using var found = ImageGptModel.Load(folder.Path);
        Assert.AreEqual(given.Palette, found.Palette);
        CollectionAssert.AreEqual(ColorsOf(expected.Palette!), ColorsOf(found.Palette!));
        Assert.AreEqual(range == PaletteRange.ZeroToOne ? range : null, found.Palette!.AssumedRange);
        Assert.IsNull(given.Palette!.AssumedRange);
    }

    [TestMethod]
    public void AssumedRange_WherePaletteIsUsed_IsWarnedOf()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, Stored(PaletteRange.ZeroToOne));
        var context = new MLContext(1);
        var warnings = new List<string>();
        context.Log += (_, log) => warnings.AddRange(log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning ? [log.RawMessage] : []);
        context.Transforms.QuantizeToPalette("Tokens", "Image", Palette.Load(path, PaletteRange.ZeroToOne));
        Assert.IsEmpty(warnings);
        context.Transforms.QuantizeToPalette("Tokens", "Image", Palette.Load(path));
        context.Transforms.DecodeFromPalette("Image", "Tokens", Palette.Load(path));
        Assert.HasCount(2, warnings);
        StringAssert.Contains(warnings[0], "PaletteRange.MinusOneToOne");
    }

    private static float[] Stored(PaletteRange range) => Array.ConvertAll(Colors, color => range switch
    {
        PaletteRange.ZeroTo255 => color,
        PaletteRange.ZeroToOne => color / 255f,
        _ => (color / 127.5f) - 1,
    });

    private static string Write(TemporaryFolder folder, float[] values)
    {
        var path = folder.Combine("palette.npy");
        using var stream = File.Create(path);
        NpyFormat.Write(stream, values, values.Length / 3, 3);
        return path;
    }

    private static byte[] ColorsOf(Palette palette) => [.. Enumerable.Range(0, palette.Count).SelectMany(i =>
    {
        var (r, g, b) = palette.GetColor(i);
        return (byte[])[r, g, b];
    })];
}
