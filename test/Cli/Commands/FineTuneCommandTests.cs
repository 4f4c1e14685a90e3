using System.Text.Json;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class FineTuneCommandTests
{
    [TestMethod]
    public void FineTune_Json_HasTheTrainingAndTheTest()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("classifier.zip");
        var json = CommandLine.Run(
            "finetune", "--model", TinyModel.ZipPath, "--data", "shapes:60", "--limit", "48", "--test", "shapes:24", "--out", path, "--epochs", "2",
            "--batch-size", "16", "--augment", "1", "--json").Json();
        Assert.AreEqual(path, json.GetProperty("model").GetString());
        Assert.IsTrue(json.GetProperty("completed").GetBoolean());
        Assert.AreEqual(48, json.GetProperty("images").GetInt32());
        Assert.AreEqual(12, json.GetProperty("classes").GetInt32());
        Assert.AreEqual(json.GetProperty("planned_steps").GetInt32(), json.GetProperty("steps").GetInt32());
        var test = json.GetProperty("test");
        Assert.AreEqual(24, test.GetProperty("images").GetInt32());
        Assert.AreEqual(24, test.GetProperty("confusion_matrix").EnumerateArray().Sum(row => row.EnumerateArray().Sum(n => n.GetInt32())));
        Assert.AreEqual(12, test.GetProperty("class_names").GetArrayLength());
        Assert.IsTrue(test.GetProperty("top5_accuracy").GetDouble() >= test.GetProperty("accuracy").GetDouble());

        var context = new MLContext();
        var chain = context.Model.Load(path, out _);
        var names = chain.Transform(context.Data.LoadShapes(5, 3)).GetColumn<string>("PredictedClass").ToArray();
        (chain as IDisposable)?.Dispose();
        Assert.HasCount(5, names);
        CollectionAssert.IsSubsetOf(names.Distinct().ToArray(), test.GetProperty("class_names").EnumerateArray().Select(name => name.GetString()).ToArray());
    }

    [TestMethod]
    public void FineTune_ForPeople_TellsTheAccuracy()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run(
            "finetune", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--out", folder.Combine("classifier.zip"),
            "--epochs", "1", "--validation-fraction", "0.25");
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "validation accuracy");
        StringAssert.Contains(run.Output, "test top-5 accuracy");
        StringAssert.Contains(run.Error, "Fine-tuning: step 1 of 1, mean loss ");
        StringAssert.Contains(run.Error, "The classifier is saved.");
    }

    [TestMethod]
    public void FineTune_Report_IsBesideTheProbe()
    {
        using var folder = new TemporaryFolder();
        var json = CommandLine.Run(
            "finetune", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--out", folder.Combine("classifier.zip"),
            "--epochs", "1", "--report", folder.Combine("report"), "--json").Json();
        var results = JsonDocument.Parse(File.ReadAllText(folder.Combine("report", "results.json"))).RootElement;
        Assert.AreEqual(json.GetProperty("test").GetProperty("accuracy").GetDouble(), results.GetProperty("fine_tune").GetProperty("accuracy").GetDouble());
        var matrix = results.GetProperty("fine_tune").GetProperty("confusion_matrix");
        Assert.AreEqual(24, matrix.EnumerateArray().Sum(row => row.EnumerateArray().Sum(n => n.GetInt32())));
        Assert.AreEqual(2, results.GetProperty("models")[0].GetProperty("probe").GetProperty("layers").GetArrayLength());
        StringAssert.Contains(results.GetProperty("configuration").GetProperty("fine-tuning").GetString(), "1 epochs at most");
        StringAssert.Contains(File.ReadAllText(folder.Combine("report", "report.html")), "The same for the fine-tuned network.");
    }

    [TestMethod]
    public void FineTune_ReportWithoutATest_IsRefused()
        => CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--out", "classifier.zip", "--report", "report")
            .AssertFails(2, "--report needs --test");

    [TestMethod]
    public void FineTune_Canceled_EndsWith130AndSavesNothing()
    {
        using var folder = new TemporaryFolder();
        var run = CommandLine.Run(
            new CancellationToken(canceled: true), "finetune", "--model", TinyModel.ZipPath, "--data", "shapes:48",
            "--out", folder.Combine("classifier.zip"));
        Assert.AreEqual(130, run.Code);
        StringAssert.Contains(run.Error, "Canceled before the first step; nothing is saved.");
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void FineTune_DataThatCannotBeLearned_IsRefused()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["train/cat", "train/dog", "test/dog", "test/owl"])
        {
            folder.WriteImage($"{name}/1.png", 4, 4, (1, 2, 3));
        }

        var path = folder.Combine("classifier.zip");
        CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", folder.Combine("train"), "--test", folder.Combine("test"), "--out", path)
            .AssertFails(1, "dog, owl instead of cat, dog");
        CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", folder.Combine("train", "cat"), "--out", path)
            .AssertFails(1, "one class only, 'cat'");
        CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", folder.Combine("train"), "--out", path, "--augment", "4")
            .AssertFails(2, "--augment is 4; expected less than the side of the model's images, which is 4.");
        CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", folder.Combine("train"), "--out", path, "--votes", "3")
            .AssertFails(2, "--mask-probability and --votes are for masked models");
        CommandLine.Run("finetune", "--model", TinyModel.ZipPath, "--data", folder.Combine("train"), "--out", folder.Combine("none", "classifier.zip"))
            .AssertFails(1, "does not exist");
    }
}
