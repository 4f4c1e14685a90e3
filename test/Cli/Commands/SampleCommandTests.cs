using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using SkiaSharp;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class SampleCommandTests
{
    [TestMethod]
    public void Sample_Pictures_AreFilesWithSeedsAndAGrid()
    {
        using var folder = new TemporaryFolder();
        var json = CommandLine.Run(
            "sample", "--model", TestData.PathOf("tiny"), "--count", "5", "--scale", "2", "--out", folder.Combine("out"), "--json").Json();
        var images = json.GetProperty("images").EnumerateArray().ToList();
        Assert.HasCount(5, images);
        CollectionAssert.AreEqual(
            (string[])["grid.png", .. Enumerable.Range(1, 5).Select(i => $"sample-00{i}.png")],
            Directory.GetFiles(folder.Combine("out")).Select(path => Path.GetFileName(path)).Order().ToArray());
        using var grid = SKBitmap.Decode(json.GetProperty("grid").GetString());
        Assert.AreEqual(((3 * (16 + 4)) + 4, (2 * (16 + 4)) + 4), (grid.Width, grid.Height), "3 x 2 pictures of 8 x 8 pixels, enlarged twice");
        var again = CommandLine.Run(
            "sample", "--model", TestData.PathOf("tiny"), "--seeds", $"{images[3].GetProperty("seed").GetInt32()}", "--out", folder.Combine("again"),
            "--json").Json();
        var repeated = again.GetProperty("images")[0].GetProperty("file").GetString()!;
        CollectionAssert.AreEqual(File.ReadAllBytes(folder.Combine("out", "sample-004.png")), File.ReadAllBytes(repeated));
    }

    [TestMethod]
    public void Sample_Pictures_AreInThePalettesColors()
    {
        using var folder = new TemporaryFolder();
        Assert.AreEqual(0, CommandLine.Run("sample", "--model", TestData.PathOf("tiny"), "--count", "1", "--out", folder.Path).Code);
        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        var colors = Enumerable.Range(0, model.Config.Colors).Select(model.Palette!.GetColor).ToHashSet();
        using var bitmap = SKBitmap.Decode(folder.Combine("sample-001.png"));
        Assert.IsTrue(bitmap.Pixels.All(pixel => colors.Contains((pixel.Red, pixel.Green, pixel.Blue))));
    }

    [TestMethod]
    [DataRow("--temperature -1", "--temperature is '-1'; expected a number, 0 to 1000.")]
    [DataRow("--top-k 0", "--top-k is '0'; expected a whole number, 1 to 65535.")]
    [DataRow("--top-p 1.5", "--top-p is '1.5'")]
    [DataRow("--count 0", "--count is '0'; expected a whole number, 1 to 100000.")]
    [DataRow("--seeds 1,x", "--seeds is '1,x'; expected whole numbers separated by commas.")]
    public void Sample_WrongUsage_IsTold(string arguments, string message)
    {
        var run = CommandLine.Run(["sample", "--model", TestData.PathOf("tiny"), "--out", "unused", .. arguments.Split(' ')]);
        Assert.AreEqual(2, run.Code);
        StringAssert.Contains(run.Error, message);
        Assert.IsFalse(Directory.Exists("unused"));
    }

    [TestMethod]
    public void Sample_AnotherNumberOfSeeds_IsTold()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("sample", "--model", TestData.PathOf("tiny"), "--count", "3", "--seeds", "1,2", "--out", folder.Path);
        run.AssertFails(2, "--seeds are 2; expected 3, as --count says.");
        CommandLine.Run("sample", "--model", TestData.PathOf("tiny"), "--top-k", "100", "--out", folder.Path)
            .AssertFails(1, "igpt: TopK is 100; expected 1 to 16, the model's number of colors.\n");
    }

    [TestMethod]
    public void Sample_AnotherPalette_IsTold()
    {
        using var folder = new TemporaryFolder();
        var palette = folder.Combine("palette.npy");
        Palette.FromCenters([.. Enumerable.Range(0, 48).Select(i => i / 48f)]).Save(palette);
        var run = CommandLine.Run("sample", "--model", TestData.PathOf("tiny"), "--palette", palette, "--out", folder.Combine("out"));
        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Error, "has its own palette, which differs.");
    }
}
