using IGptMl.Tests.Data;
using IGptMl.Tests.Export;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Models;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ExportCommandTests
{
    [TestMethod]
    public void Export_ZipOfTheReference_IsTheReferenceAgain()
    {
        using var folder = new TemporaryFolder();
        Assert.AreEqual(0, CommandLine.Run("import", TestData.PathOf("tiny"), "--out", folder.Combine("model.zip")).Code);
        var json = CommandLine.Run(
            "export", "--model", folder.Combine("model.zip"), "--format", "huggingface", "--out", folder.Combine("out"), "--json").Json();
        Assert.AreEqual(folder.Combine("out"), json.GetProperty("model").GetString());
        using var model = ImageGptModel.Load(folder.Combine("out"));
        TinyFolder.AssertIsTiny(model);
        ReferenceEvaluation.AssertEvaluates("tiny", "--model", folder.Combine("out"));
    }

    [TestMethod]
    public void Export_FolderWithSomethingInIt_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("notes.txt", [1]);
        CommandLine.Run("export", "--model", TestData.PathOf("tiny"), "--format", "huggingface", "--out", folder.Path).AssertFails(1, "already exists");
    }

    [TestMethod]
    public void Export_UnknownFormat_IsWrongUsage() =>
        CommandLine.Run("export", "--model", "model.zip", "--format", "gguf", "--out", "x").AssertFails(2, "gguf");

    [TestMethod]
    [DataRow("features", "tokens", "features:Single[batch,64]")]
    [DataRow("logits", "tokens", "logits:Single[batch,64,16]")]
    [DataRow("likelihood", "pixels", "tokens:Int64[batch,64] nats_per_image:Single[batch] nats_per_token:Single[batch]")]
    public void Export_Onnx_HasTheOutputs(string what, string from, string outputs)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.onnx");
        string[] layers = what == "features" ? ["--layers", "1,2"] : [];
        var run = CommandLine.Run(
            ["export", "--model", TestData.PathOf("tiny"), "--format", "onnx", "--what", what, "--from", from, "--out", path, .. layers]);
        Assert.AreEqual(0, run.Code, run.Error);
        using var graph = new OnnxRun(path);
        Assert.AreEqual(outputs, graph.Outputs);
    }

    [TestMethod]
    public void Export_OnnxStep_HasKeysAndValues()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("step.onnx");
        Assert.AreEqual(0, CommandLine.Run("export", "--model", TestData.PathOf("tiny"), "--format", "onnx", "--what", "step", "--out", path).Code);
        using var graph = new OnnxRun(path);
        StringAssert.StartsWith(graph.Inputs, "token:Int64[batch,1] past_keys.0:Single[batch,4,past,8] past_values.0:Single[batch,4,past,8] past_keys.1");
    }

    [TestMethod]
    public void Export_OnnxOfWrongThings_SaysWhatIsWrong()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.onnx");
        Export("--what", "features", "--layers", "9").AssertFails(2, "the model has the layers 0 to 3");
        Export("--what", "logits", "--layers", "1").AssertFails(2, "--layers is for --what features");
        Export("--opset", "11").AssertFails(1, "12 to 21");
        Export("--what", "step", "--from", "pixels").AssertFails(1, "starts from a token");
        Export("--what", "classifier").AssertFails(1, "not a classifier");
        CommandLine.Run("export", "--model", TestData.PathOf("tiny"), "--format", "huggingface", "--what", "logits", "--out", path)
            .AssertFails(2, "--what is for --format onnx");
        CommandLine.Run("export", "--model", TestData.PathOf("tiny"), "--format", "onnx", "--out", folder.Combine("none/model.onnx"))
            .AssertFails(1, "does not exist");
        Assert.IsEmpty(Directory.GetFiles(folder.Path));

        CommandLine Export(params string[] options)
            => CommandLine.Run(["export", "--model", TestData.PathOf("tiny"), "--format", "onnx", "--out", path, .. options]);
    }
}
