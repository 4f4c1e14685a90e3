using System.Text.Json;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ReportCommandTests
{
    [TestMethod]
    public void Report_Everything_IsInTheFolder()
    {
        using var folder = new TemporaryFolder();
        string[] arguments =
        [
            "report", "--model", TinyModel.ZipPath, "--data", "shapes:60", "--test", "shapes:36", "--labels", "24", "--seeds", "1,2", "--l2", "1",
            "--patches", "--fine-tune", "1",
            "--beside", $"one={TinyModel.ZipPath}", "--beside", $"two={TinyModel.ZipPath}",
            "--title", "Shapes & <colors>", "--pretrained-on", "shapes of another seed", "--out", folder.Path,
        ];
        var first = CommandLine.Run([.. arguments, "--json"]).Json();
        Assert.AreEqual(folder.Combine("report.html"), first.GetProperty("report").GetString());
        Assert.AreEqual(4, first.GetProperty("low_data").GetArrayLength());

        var results = JsonDocument.Parse(File.ReadAllText(folder.Combine("results.json"))).RootElement;
        Assert.AreEqual("Shapes & <colors>", results.GetProperty("title").GetString());
        var names = results.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("name").GetString()).ToArray();
        CollectionAssert.AreEqual((string[])["Image GPT", "one", "two"], names);
        Assert.AreEqual(64, results.GetProperty("models")[0].GetProperty("checksum").GetString()!.Length);
        Assert.AreEqual("shapes:60", results.GetProperty("configuration").GetProperty("training images").GetString());
        Assert.AreEqual("shapes of another seed", results.GetProperty("pretrained_on").GetString());
        Assert.IsGreaterThan(0, results.GetProperty("provenance").GetProperty("cores").GetInt32());

        var page = File.ReadAllText(folder.Combine("report.html"));
        StringAssert.Contains(page, "<h1>Shapes &amp; &lt;colors&gt;</h1>");
        StringAssert.Contains(page, "Pretrained on shapes of another seed, without labels.");
        StringAssert.Contains(page, "data:image/png;base64,");
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("src=\"http", page);
        Assert.DoesNotContain("href=", page);

        var markdown = File.ReadAllText(folder.Combine("results.md"));
        StringAssert.Contains(markdown, "| iGPT-L (features from ImageNet, no augmentation) | – | 73.2 ± 1.5 | 87.6 ± 0.6 | 94.3 ± 0.1 |");
        StringAssert.Contains(markdown, "](plots/depth-curve.png)");
        foreach (var plot in (string[])["depth-curve", "low-data", "loss-and-accuracy"])
        {
            StringAssert.StartsWith(File.ReadAllText(folder.Combine("plots", $"{plot}.svg")), "<?xml");
            CollectionAssert.AreEqual((byte[])[0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(folder.Combine("plots", $"{plot}.png"))[..4]);
        }

        Assert.IsNotEmpty(Directory.GetFiles(folder.Combine("pictures"), "misclassified-*.png"));
        Assert.HasCount(8, Directory.GetFiles(folder.Combine("pictures"), "completion-*.png"));
        Assert.IsGreaterThan(0, results.GetProperty("fine_tune").GetProperty("log_loss").GetDouble());
        StringAssert.Contains(markdown, "| iGPT-L, 32x32, fine-tuned | – | 99.0 | 88.5 |");
    }

    [TestMethod]
    public void Report_LabelsThatAreNotThere_AreOmittedByDefaultAndRefusedByName()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["report", "--model", TinyModel.ZipPath, "--data", "shapes:60", "--test", "shapes:36", "--seeds", "1", "--l2", "1",
            "--out", folder.Path];
        var run = CommandLine.Run([.. arguments, "--json"]);
        CollectionAssert.AreEqual(new[] { 40, 40, 40 },
            run.Json().GetProperty("low_data").EnumerateArray().Select(line => line.GetProperty("labels").GetInt32()).ToArray());
        StringAssert.Contains(run.Error, "A budget of 4,000 labels needs 334 rows of class 'horizontal stripes', which has 5. It is omitted.");
        CommandLine.Run([.. arguments, "--labels", "4000"]).AssertFails(1, "A budget of 4,000 labels needs 334 rows");
    }

    [TestMethod]
    public void Report_FolderWithoutCheckpoints_IsRefused()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run(
            "report", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--checkpoints", folder.Path,
            "--out", folder.Combine("report"))
            .AssertFails(1, "has no checkpoints; expected files such as checkpoint-000001500.safetensors");
    }

    [TestMethod]
    public void Report_BesideWithoutAName_IsRefused()
        => CommandLine.Run("report", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--beside", "model.zip", "--out", "x")
            .AssertFails(2, "--beside is 'model.zip'; expected NAME=PATH.");
}
