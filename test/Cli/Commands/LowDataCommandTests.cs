using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class LowDataCommandTests
{
    private static readonly string[] Arguments =
    [
        "low-data", "--model", TinyModel.ZipPath, "--data", "shapes:120", "--test", "shapes:24", "--labels", "24,48", "--seeds", "1,2", "--l2", "1",
    ];

    [TestMethod]
    public void LowData_Json_HasMeansAndDeviations()
    {
        var json = CommandLine.Run([.. Arguments, "--json"]).Json();
        Assert.AreEqual(120, json.GetProperty("training_images").GetInt32());
        var scores = json.GetProperty("scores").EnumerateArray().ToArray();
        Assert.HasCount(6, scores); // two baselines and the model, two numbers of labels
        foreach (var score in scores)
        {
            var accuracies = score.GetProperty("accuracies").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            Assert.AreEqual(accuracies.Average(), score.GetProperty("mean").GetDouble(), 1e-12);
            Assert.AreEqual(Math.Abs(accuracies[0] - accuracies[1]) / Math.Sqrt(2), score.GetProperty("sample_standard_deviation").GetDouble(), 1e-12);
        }
    }

    [TestMethod]
    public void LowData_ForPeople_HasAColumnForEachNumberOfLabels()
    {
        var run = CommandLine.Run(Arguments);
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Output, "24 labels");
        StringAssert.Contains(run.Output, "48 labels");
        StringAssert.Contains(run.Output, "±");
    }

    [TestMethod]
    public void LowData_TooManyLabels_AreRefused()
    {
        var run = CommandLine.Run("low-data", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--labels", "40,250");
        Assert.AreEqual(1, run.Code);
        Assert.AreEqual("igpt: A budget of 250 labels needs 21 rows of class 'horizontal stripes', which has 4.", run.ErrorLines[^1]);
    }

    [TestMethod]
    [DataRow("--labels", "1")]
    [DataRow("--seeds", "1,-2")]
    public void LowData_WrongNumbers_AreRefused(string option, string value)
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("low-data", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", option, value)
            .AssertFails(2, $"{option} is '{value}'; expected whole numbers from");
    }
}
