using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.LinearProbe;
using Microsoft.ML;

namespace IGptMl.Tests.Reports;

[TestClass]
public sealed class ComparedModelTests
{
    [TestMethod]
    public void Find_AnyFiles_TakesTheCheckpointsByStep()
    {
        using var folder = new TemporaryFolder();
        string[] names =
        [
            "checkpoint-000012000.safetensors", "checkpoint-000001500.safetensors", "best.safetensors",
            "checkpoint-000003000.safetensors.partial", "metrics.jsonl", "checkpoint-x.safetensors",
        ];
        foreach (var name in names)
        {
            folder.Write(name, []);
        }

        var found = ComparedModel.FindCheckpoints(folder.Path);
        CollectionAssert.AreEqual((string[])["1,500 steps", "12,000 steps"], found.Select(model => model.Name).ToArray());
        CollectionAssert.AreEqual((long?[])[1500, 12_000], found.Select(model => model.Step).ToArray());
        Assert.AreEqual(folder.Combine("checkpoint-000001500.safetensors"), found[0].Path);
    }

    [TestMethod]
    public void Find_FolderOfARun_HasWhatTheTrainerLeft()
    {
        using var folder = new TemporaryFolder();
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);
        var images = ColoredImages.Create(24, 1);
        var tokens = context.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(images).Transform(images);
        var trainer = context.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = TinyImageGpt.Config, Steps = 4, BatchSize = 4, CheckpointFolder = folder.Path, CheckpointSteps = [2],
        });
        trainer.Fit(tokens).Dispose();
        CollectionAssert.Contains(ComparedModel.FindCheckpoints(folder.Path).Select(found => found.Step).ToArray(), 2L);
    }

    [TestMethod]
    public void Find_NoCheckpoints_SaysWhatIsExpected()
    {
        using var folder = new TemporaryFolder();
        folder.Write("model.zip", []);
        var empty = Assert.ThrowsExactly<InvalidDataException>(() => ComparedModel.FindCheckpoints(folder.Path));
        Assert.AreEqual($"The folder '{folder.Path}' has no checkpoints; expected files such as checkpoint-000001500.safetensors.", empty.Message);
        var missing = Assert.ThrowsExactly<DirectoryNotFoundException>(() => ComparedModel.FindCheckpoints(folder.Combine("none")));
        StringAssert.Contains(missing.Message, "does not exist");
    }
}
