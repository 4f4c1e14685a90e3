using IGptMl.Tests.Data;
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
}
