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

        CommandLine.Run("predict", "--classifier", classifier, folder.Combine("none.png"))
            .AssertFails(1, "none.png' cannot be read as an image: it does not exist.");
        CommandLine.Run("predict", "--classifier", classifier, folder.Write("empty.png", []))
            .AssertFails(1, "empty.png' cannot be read as an image: it is empty.");

        // Of several files, the good ones are predicted, whatever is wrong with the others; a folder stands for its images.
        Directory.CreateDirectory(folder.Combine("nothing"));
        string[] bad = [folder.Combine("empty.png"), folder.Combine("none.png"), folder.Combine("nothing"), folder.Write("page.jpg", [.. "<html></html>"u8])];
        folder.WriteImage("more/deep/green.png", 3, 3, (10, 250, 10));
        var run = CommandLine.Run(["predict", "--classifier", classifier, .. bad, .. files, folder.Combine("more"), "--json"]);
        var partial = run.Json(code: 3);
        CollectionAssert.AreEqual(bad, partial.GetProperty("skipped").EnumerateArray().Select(image => image.GetProperty("file").GetString()).ToArray());
        Assert.IsTrue(bad.All(file => run.Error.Contains($"'{file}' cannot be read as an image", StringComparison.Ordinal)), run.Error);
        CollectionAssert.AreEqual(
            files.Append(folder.Combine("more", "deep/green.png")).ToArray(),
            partial.GetProperty("predictions").EnumerateArray().Select(line => line.GetProperty("file").GetString()).ToArray());

        var none = CommandLine.Run(["predict", "--classifier", classifier, .. bad, "--json"]);
        Assert.AreEqual((1, string.Empty), (none.Code, none.Output));
        StringAssert.Contains(none.Error, "None of the 4 images can be read.");
    }

    [TestMethod]
    public void Predict_NoClassifier_SaysWhatItIsAndWhatMakesOne()
    {
        using var folder = new TemporaryFolder();
        var image = folder.WriteImage("a.png", 4, 4, (1, 2, 3));
        using (var zip = System.IO.Compression.ZipFile.Open(folder.Combine("other.zip"), System.IO.Compression.ZipArchiveMode.Create))
        {
            zip.CreateEntry("notes.txt");
        }

        foreach (var (path, what) in new[]
        {
            (TinyModel.ZipPath, "is a pretrained model, not a classifier"), (image, "is a PNG picture, not a classifier"),
            (folder.Path, "is a folder, not a classifier"), (folder.Combine("gone.zip"), "does not exist"),
            (folder.Combine("other.zip"), "no pipeline that mlContext.Model.Save wrote"), (folder.Write("note.txt", [.. "hello"u8]), "is a text file"),
        })
        {
            var run = CommandLine.Run("predict", "--classifier", path, image);
            run.AssertFails(1, what);
            StringAssert.Contains(run.Error, $"'{path}'");
            StringAssert.Contains(run.Error, "igpt finetune, or igpt probe with --out, makes a classifier");
        }

        CommandLine.Run("evaluate", "--model", image, "--data", "shapes:3")
            .AssertFails(1, $"'{image}' is a PNG picture; expected a model: a zip");
        CommandLine.Run("report", "--model", TinyModel.ZipPath, "--beside", $"B={image}", "--data", "shapes:24", "--test", "shapes:24", "--out",
            folder.Combine("report")).AssertFails(1, $"'{image}' is a PNG picture; expected a model");
    }
}
