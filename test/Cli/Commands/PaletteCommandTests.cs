using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class PaletteCommandTests
{
    [TestMethod]
    public void Fit_BuiltInPictures_WritesThePaletteThatItMeasured()
    {
        using var folder = new TemporaryFolder();
        var json = Fit(folder.Combine("a.npy"), 1);
        var palette = Palette.Load(folder.Combine("a.npy"));
        Assert.AreEqual(16, palette.Count);
        Assert.AreEqual(16, json.GetProperty("colors").GetInt32());
        Assert.AreEqual(60, json.GetProperty("images").GetInt32());
        Assert.AreEqual(5000, json.GetProperty("sampled_pixels").GetInt64());
        var (inertia, error) = (json.GetProperty("inertia").GetDouble(), json.GetProperty("mean_color_error").GetDouble());
        Assert.IsTrue(error is > 1 and < 30, $"{error}");
        Assert.IsGreaterThan(5000 * Math.Pow(error / 127.5, 2), inertia); // the mean of squares exceeds the square of the mean

        Fit(folder.Combine("b.npy"), 1);
        Fit(folder.Combine("c.npy"), 2);
        Assert.AreEqual(palette, Palette.Load(folder.Combine("b.npy")));
        Assert.AreNotEqual(palette, Palette.Load(folder.Combine("c.npy")));
    }

    [TestMethod]
    public void Fit_AsATable_TellsInertiaAndError()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("palette", "fit", "--data", "shapes:24", "--image-size", "8", "--colors", "4", "--out", folder.Combine("p.npy"));
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "inertia");
        StringAssert.Contains(run.Output, "of 255");
    }

    [TestMethod]
    public void Show_PaletteAndPictures_DrawsThem()
    {
        using var folder = new TemporaryFolder();
        Palette.FromColors([0, 0, 0, 255, 255, 255, 200, 60, 40]).Save(folder.Combine("p.npy"));
        var json = CommandLine.Run(
            "palette", "show", "--palette", folder.Combine("p.npy"), "--data", "shapes", "--limit", "3", "--out", folder.Combine("p.png"),
            "--json").Json();
        Assert.AreEqual(3, json.GetProperty("images").GetInt32());
        Assert.IsGreaterThan(0, json.GetProperty("mean_color_error").GetDouble());
        using var chart = MLImage.CreateFromFile(folder.Combine("p.png"));
        Assert.IsGreaterThan(400, chart.Height);
    }

    [TestMethod]
    public void Show_PaletteAlone_DrawsIt()
    {
        using var folder = new TemporaryFolder();
        var json = CommandLine.Run(
            "palette", "show", "--palette", TestData.PathOf("openai-palette/kmeans_centers.npy"), "--out", folder.Combine("p.png"), "--json").Json();
        Assert.AreEqual(512, json.GetProperty("colors").GetInt32());
        Assert.AreEqual(System.Text.Json.JsonValueKind.Null, json.GetProperty("mean_color_error").ValueKind);
        Assert.IsTrue(File.Exists(folder.Combine("p.png")));
    }

    [TestMethod]
    public void Show_NoPalette_SaysWhy()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("p.npy");
        string[] line = ["palette", "show", "--palette", path, "--out", folder.Combine("p.png")];
        CommandLine.Run(line).AssertFails(1, path);
        AssertRefused([0f, 0, float.NaN, 0, 0, 0], 2, 3, "Color 0, channel B is NaN; expected a value in [-1, 1] (v / 127.5 - 1).");
        AssertRefused([0f, 0, 0, 0, 300, 0], 2, 3, "Color 1, channel G is 300; expected a value in [0, 255].");
        AssertRefused(new float[8], 2, 4, "its shape is (2, 4), expected (K, 3).");
        AssertRefused(new float[3], 1, 3, "A palette has 2 to 65535 colors, not 1.");
        Assert.IsFalse(File.Exists(folder.Combine("p.png")));

        void AssertRefused(float[] values, int rows, int columns, string problem)
        {
            using (var stream = File.Create(path))
            {
                NpyFormat.Write(stream, values, rows, columns);
            }

            CommandLine.Run(line).AssertFails(1, $"'{path}' is not a palette: {problem}");
        }
    }

    private static System.Text.Json.JsonElement Fit(string path, int seed)
        => CommandLine.Run(
            "palette", "fit", "--data", "shapes:60", "--image-size", "16", "--colors", "16", "--pixels", "5000", "--seed", $"{seed}", "--out", path,
            "--json").Json();
}
