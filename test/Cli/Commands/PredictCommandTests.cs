using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class PredictCommandTests
{
    [TestMethod]
    public void Predict_SavedProbe_TellsTheClassOfEachFile()
    {
        using var folder = new TemporaryFolder();
        var classifier = folder.Combine("classifier.zip");
        var probe = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--out", classifier);
        Assert.AreEqual(0, probe.Code, probe.Error);
        string[] files = [folder.WriteImage("red.png", 9, 7, (250, 10, 10)), folder.WriteImage("blue.png", 5, 5, (10, 10, 250))];

        var json = CommandLine.Run(["predict", "--classifier", classifier, .. files, "--json"]).Json();
        var predictions = json.GetProperty("predictions").EnumerateArray().ToArray();
        CollectionAssert.AreEqual(files, predictions.Select(line => line.GetProperty("file").GetString()).ToArray());
        Assert.IsTrue(predictions.All(line => line.GetProperty("predicted_class").GetString()!.Length > 0));
        Assert.IsTrue(predictions.All(line => line.GetProperty("score").GetDouble() is > 0 and <= 1));

        CommandLine.Run("predict", "--classifier", classifier, folder.Combine("none.png")).AssertFails(1, "none.png");
    }
}
