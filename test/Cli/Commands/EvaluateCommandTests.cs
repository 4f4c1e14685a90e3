using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class EvaluateCommandTests
{
    [TestMethod]
    public void Evaluate_Json_ListsImagesInFileOrder()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["b.png", "a.png", "c.png"])
        {
            folder.WriteImage(name, 4, 4, ((byte)(name[0] * 50), 30, 90));
        }

        var json = CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", folder.Path, "--json").Json();
        CollectionAssert.AreEqual(new[] { "mean_nats_per_token", "bits_per_dimension", "images" }, json.EnumerateObject().Select(p => p.Name).ToArray());
        var images = json.GetProperty("images").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { "a.png", "b.png", "c.png" }, images.Select(image => image.GetProperty("file").GetString()).ToArray());
        var nats = images.Select(image => image.GetProperty("nats_per_token").GetDouble()).ToArray();
        Assert.AreEqual(nats.Average(), json.GetProperty("mean_nats_per_token").GetDouble(), 1e-6);
        Assert.AreEqual(nats[1] / (3 * Math.Log(2)), images[1].GetProperty("bits_per_dimension").GetDouble(), 1e-6);
        Assert.AreEqual(nats.Average() / (3 * Math.Log(2)), json.GetProperty("bits_per_dimension").GetDouble(), 1e-6);
    }

    [TestMethod]
    public void Evaluate_LimitedFolder_TakesTheSameSampleEveryTimeInFileOrder()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 12; i++)
        {
            folder.WriteImage($"{(i < 6 ? "first" : "second")}/{i:D2}.png", 4, 4, ((byte)(i * 20), 30, 90));
        }

        (string File, double Nats)[] Evaluate(params string[] more)
        {
            var json = CommandLine.Run(["evaluate", "--model", TinyModel.ZipPath, "--data", folder.Path, "--json", .. more]).Json();
            return [.. json.GetProperty("images").EnumerateArray()
                .Select(image => (image.GetProperty("file").GetString()!, image.GetProperty("nats_per_token").GetDouble()))];
        }

        var all = Evaluate().ToDictionary(image => image.File, image => image.Nats);
        var some = Evaluate("--limit", "6");
        Assert.HasCount(12, all);
        Assert.HasCount(6, some);
        CollectionAssert.AreEqual(some, Evaluate("--limit", "6"));
        CollectionAssert.AreEqual(some.Select(image => image.File).Order(StringComparer.Ordinal).ToArray(), some.Select(image => image.File).ToArray());
        Assert.AreEqual(2, some.Select(image => image.File.Split('/')[0]).Distinct().Count());
        foreach (var (file, nats) in some)
        {
            Assert.AreEqual(all[file], nats, 1e-5, file);
        }
    }

    [TestMethod]
    public void Evaluate_ReadableFolder_TellsWhatIsLeftOut()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("a.png", 4, 4, (10, 30, 90));
        folder.Write("b.png", []);

        var run = CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", $"readable:{folder.Path}", "--json");

        Assert.AreEqual(1, run.Json().GetProperty("images").GetArrayLength());
        StringAssert.Contains(run.Error, "1 of 2 images cannot be read and are left out.");
        StringAssert.Contains(run.Error, "b.png' cannot be read as an image: it is empty.");
        var strict = CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", folder.Path, "--json");
        Assert.AreEqual(1, strict.Json(code: 3).GetProperty("images").GetArrayLength(), "What is not known to be damaged asks for attention.");
    }

    [TestMethod]
    public void Evaluate_ForPeople_PrintsTheAverages()
    {
        var run = CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", "shapes:5:7");
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "nats per token");
        StringAssert.Contains(run.Output, "bits per dimension");
        StringAssert.Contains(run.Error, "image 5 of 5");
    }

    [TestMethod]
    public void Evaluate_NoModelInTheFile_NamesIt()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("evaluate", "--model", folder.Write("x.zip", [1, 2, 3]), "--data", "shapes:3").AssertFails(1, "x.zip' is not a model file");
    }

    [TestMethod]
    public void Evaluate_SurpriseMaps_AreDrawnBesideTheImages()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("maps");
        var json = CommandLine.Run("evaluate", "--model", TestData.PathOf("tiny"), "--data", TestData.PathOf("tiny", "images"), "--surprise-maps", path,
            "--json").Json();
        Assert.AreEqual(3, json.GetProperty("images").GetArrayLength());
        using var grid = SkiaSharp.SKBitmap.Decode(Path.Combine(path, "grid.png"));
        Assert.AreEqual(((6 * 36) + 4, 36 + 4), (grid.Width, grid.Height), "3 images and their maps of 8 x 8 pixels, enlarged four times");
        CollectionAssert.AreEqual(
            json.GetProperty("images").EnumerateArray().Select(image => Path.GetFileNameWithoutExtension(image.GetProperty("file").GetString()))
                .Select((name, i) => $"{i + 1:D4}-{name}.png").Append("grid.png").ToArray(),
            Directory.GetFiles(path).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToArray());
        CommandLine.Run("evaluate", "--model", TestData.PathOf("tiny"), "--data", TestData.PathOf("tiny", "images"), "--surprise-maps",
            folder.Combine("maps.png")).AssertFails(2, "maps.png'; expected a folder");
    }
}
