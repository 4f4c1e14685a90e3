using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using SkiaSharp;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class InfoCommandTests
{
    [TestMethod]
    public void Info_Zip_HasItsSizesAndHowItWasTrained()
    {
        var json = CommandLine.Run("info", TinyModel.ZipPath, "--json").Json();

        Assert.AreEqual("zip", json.GetProperty("form").GetString());
        Assert.AreEqual(new FileInfo(TinyModel.ZipPath).Length, json.GetProperty("bytes").GetInt64());
        Assert.AreEqual(4, json.GetProperty("image_size").GetInt32());
        Assert.AreEqual(8, json.GetProperty("embedding_size").GetInt32());
        Assert.IsTrue(json.GetProperty("has_palette").GetBoolean());
        var origin = json.GetProperty("origin");
        Assert.AreEqual("3", origin.GetProperty("Steps run").GetString());
        Assert.AreEqual("4", origin.GetProperty("BatchSize").GetString());
        StringAssert.StartsWith(origin.GetProperty("Images").GetString(), "60 of checksum ");
        Assert.IsTrue(double.Parse(origin.GetProperty("Mean training loss").GetString()!, System.Globalization.CultureInfo.InvariantCulture) is > 1 and < 3);
        StringAssert.StartsWith(origin.GetProperty("Version").GetString(), "0.9");
    }

    [TestMethod]
    public void Info_Text_IsReadable()
    {
        var run = CommandLine.Run("info", TinyModel.ZipPath);

        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "1 layers, d = 8, 2 heads of 4, autoregressive");
        StringAssert.Contains(run.Output, "batch size");
        StringAssert.Contains(run.Output, "mean training loss");
    }

    [TestMethod]
    [DataRow("Hugging Face folder", "tiny")]
    [DataRow("TensorFlow checkpoint", "tiny-tf/model.ckpt-1000")]
    [DataRow("training checkpoint", "version-0.9/checkpoint.safetensors")]
    [DataRow("zip", "version-0.9/model.zip")]
    public void Info_EveryForm_IsNamed_WithItsBytes(string form, string path)
    {
        var full = TestData.PathOf(path.Split('/'));
        var json = CommandLine.Run("info", full, "--json").Json();

        Assert.AreEqual(form, json.GetProperty("form").GetString());
        long expected = File.Exists(full) ? new FileInfo(full).Length
            : Directory.Exists(full) ? new DirectoryInfo(full).EnumerateFiles().Sum(file => file.Length)
            : Directory.GetFiles(Path.GetDirectoryName(full)!).Sum(file => new FileInfo(file).Length);
        Assert.AreEqual(expected, json.GetProperty("bytes").GetInt64());
    }

    [TestMethod]
    public void Info_Checkpoint_HasTheSettingsOfItsRun()
    {
        var origin = CommandLine.Run("info", TestData.PathOf("version-0.9", "checkpoint.safetensors"), "--json").Json().GetProperty("origin");

        Assert.AreEqual("Muon", origin.GetProperty("Optimizer").GetString());
        Assert.IsFalse(origin.TryGetProperty("Model", out _), "The architecture is shown already.");
    }

    [TestMethod]
    public void Info_Picture_DrawsThePalette()
    {
        using var folder = new TemporaryFolder();
        var picture = folder.Combine("palette.png");

        var json = CommandLine.Run("info", TinyModel.ZipPath, "--picture", picture, "--json").Json();

        Assert.AreEqual(picture, json.GetProperty("picture").GetString());
        using var bitmap = SKBitmap.Decode(picture);
        Assert.IsGreaterThan(100, bitmap.Height);
    }

    [TestMethod]
    public void Info_PictureWithoutAPalette_SaysHowToGiveOne()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("info", TestData.PathOf("tiny-tf", "model.ckpt-1000"), "--picture", folder.Combine("palette.png"))
            .AssertFails(2, "has no palette to draw. Use --palette to give one.");
    }

    [TestMethod]
    public void Info_ModelThroughFineTuning_TellsItsTask()
    {
        var origin = CommandLine.Run("info", TestData.PathOf("version-0.9", "finetuned.zip"), "--json").Json().GetProperty("origin");

        Assert.AreEqual(0, origin.EnumerateObject().Count(), "A zip of version 0.9's first days has no origin; it loads all the same.");
    }
}
