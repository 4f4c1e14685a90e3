using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ProbeCommandTests
{
    [TestMethod]
    public void Probe_Json_HasLayersAndBaselines()
    {
        var json = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:60", "--limit", "48", "--test", "shapes:24", "--json").Json();
        Assert.AreEqual(48, json.GetProperty("training_images").GetInt32());
        Assert.AreEqual(24, json.GetProperty("test_images").GetInt32());
        var layers = json.GetProperty("layers").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(new[] { 0, 1 }, layers.Select(layer => layer.GetProperty("layer").GetInt32()).ToArray());
        Assert.HasCount(2, json.GetProperty("baselines").EnumerateArray());
        var best = layers.MaxBy(layer => layer.GetProperty("accuracy").GetDouble());
        Assert.AreEqual(best.GetProperty("layer").GetInt32(), json.GetProperty("best_layer").GetInt32());
        Assert.AreEqual(best.GetProperty("accuracy").GetDouble(), json.GetProperty("best_accuracy").GetDouble());
    }

    [TestMethod]
    public void Probe_ForPeople_MarksTheBestLayer()
    {
        var run = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--layers", "1");
        Assert.AreEqual(0, run.Code, run.Error);
        var lines = run.Output.Split('\n');
        StringAssert.Contains(lines.Single(line => line.Contains("best")), "Layer 1");
        Assert.IsTrue(lines.Any(line => line.Contains("Raw pixels")));
        Assert.IsFalse(lines.Any(line => line.Contains("Layer 0")));
        StringAssert.Contains(run.Error, "Features of the test images: image 24 of 24");
        StringAssert.Contains(run.Error, "Probing: classifier 3 of 3");
    }

    [TestMethod]
    public void Probe_OtherClassesInTheTest_AreRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["train/cat", "train/dog", "test/dog", "test/owl"])
        {
            folder.WriteImage($"{name}/1.png", 4, 4, (1, 2, 3));
        }

        CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", folder.Combine("train"), "--test", folder.Combine("test"))
            .AssertFails(1, "dog, owl instead of cat, dog");
        CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", folder.Combine("train", "cat"), "--test", folder.Combine("test"))
            .AssertFails(1, "one class only, 'cat'");
    }

    [TestMethod]
    public void Probe_UnreadableImage_IsNamed()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("cat/1.png", 4, 4, (1, 2, 3));
        folder.Write("dog/2.png", [1, 2, 3]);
        var run = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", folder.Path, "--test", folder.Path);
        Assert.AreEqual(1, run.Code);
        StringAssert.Contains(run.Error, "2.png' cannot be read as an image");
        StringAssert.Contains(run.Error, "All rows of the training data have the class 'cat'");
    }

    [TestMethod]
    public void Probe_Canceled_EndsWith130()
    {
        var run = CommandLine.Run(new CancellationToken(canceled: true), "probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24");
        run.AssertFails(130, "canceled");
    }

    [TestMethod]
    public void Probe_Out_WritesAReportAndKeepsWhatWasComputed()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--concatenate", "0,1", "--report",
            folder.Path];
        var first = CommandLine.Run(arguments);
        Assert.AreEqual(0, first.Code, first.Error);
        StringAssert.Contains(first.Error, "Features of the training images");
        var second = CommandLine.Run(arguments);
        Assert.AreEqual(first.Output, second.Output);
        Assert.DoesNotContain("Features of the training images", second.Error);
        foreach (var name in (string[])["results.json", "results.md", "report.html", "plots/depth-curve.svg", "plots/depth-curve.png"])
        {
            Assert.IsTrue(File.Exists(folder.Combine(name.Split('/'))), name);
        }
    }

    [TestMethod]
    [DataRow("--l2", "1,x", "--l2 is '1,x'; expected numbers from 0 separated by commas, such as 1,30,1000.")]
    [DataRow("--concatenate", "1,1", "--concatenate is '1,1'; expected 'all', or different layers")]
    [DataRow("--trainer", "forest", "forest")]
    [DataRow("--concatenate", "0,7", "names layer 7; the model has the layers 0 to 1.")]
    public void Probe_WrongOption_IsRefused(string option, string value, string message)
        => CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", option, value).AssertFails(2, message);
}
