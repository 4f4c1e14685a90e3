using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ImportCommandTests
{
    [TestMethod]
    public void Import_Folder_GivesAZipThatMLNetRuns()
    {
        using var folder = new TemporaryFolder();
        var zip = folder.Combine("model.zip");
        var json = CommandLine.Run("import", TestData.PathOf("tiny"), "--out", zip, "--json").Json();
        Assert.AreEqual(zip, json.GetProperty("model").GetString());
        Assert.AreEqual(8, json.GetProperty("image_size").GetInt32());
        Assert.IsTrue(json.GetProperty("has_palette").GetBoolean());
        using var model = ImageGptModel.Load(zip);
        TinyFolder.AssertIsTiny(model);
        Assert.AreEqual(16, model.Palette!.Count);

        var context = new MLContext();
        var chain = context.Model.Load(zip, out _);
        using var owner = (IDisposable)chain;
        var scored = chain.Transform(context.Data.LoadImageFolder(TestData.PathOf("tiny", "images")));
        ReferenceEvaluation.AssertNats("tiny", scored.GetColumn<float>("NatsPerToken").Select(nats => (double)nats));
    }

    [TestMethod]
    public void Import_CheckpointWithoutPalette_IsAModelOfTokens()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run("import", TestData.PathOf("tiny-tf", "model.ckpt-1000"), "--out", folder.Combine("model.zip"));
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "without a palette");
        using var model = ImageGptModel.Load(folder.Combine("model.zip"));
        TinyFolder.AssertIsTiny(model);
        Assert.IsNull(model.Palette);
        CommandLine.Run("evaluate", "--model", folder.Combine("model.zip"), "--data", "shapes:3").AssertFails(1, "--palette");
    }

    [TestMethod]
    public void Import_CheckpointWithPalette_Evaluates()
    {
        using var folder = new TemporaryFolder();
        using var reference = ImageGptModel.Load(TestData.PathOf("tiny"));
        reference.Palette!.Save(folder.Combine("palette.npy"));
        var run = CommandLine.Run(
            "import", TestData.PathOf("tiny-tf", "model.ckpt-1000"), "--palette", folder.Combine("palette.npy"), "--out",
            folder.Combine("model.zip"));
        Assert.AreEqual(0, run.Code, run.Error);
        ReferenceEvaluation.AssertEvaluates("tiny", "--model", folder.Combine("model.zip"));
    }

    [TestMethod]
    public void Import_NothingThere_TellsWhatWasLookedFor()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("import", folder.Combine("gone"), "--out", folder.Combine("model.zip")).AssertFails(1, "gone.index'");
        Assert.HasCount(0, Directory.GetFileSystemEntries(folder.Path));
    }
}
