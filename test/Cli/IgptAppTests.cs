using IGptMl.Models;

namespace IGptMl.Tests.Cli;

[TestClass]
public sealed class IgptAppTests
{
    [TestMethod]
    [DataRow("paint", "'paint'")]
    [DataRow("pretrain", "'--data' is required")]
    [DataRow("pretrain --data shapes --out x.zip --color 3", "'--color'")]
    [DataRow("pretrain --data shapes --out x.zip --steps", "'--steps'")]
    [DataRow("pretrain --data shapes --out x.zip --steps 0", "--steps is '0'; expected a whole number, 1 or more.")]
    [DataRow("pretrain --data shapes --out x.zip --steps 1.5", "--steps is '1.5'; expected a whole number, 1 or more.")]
    [DataRow("pretrain --data shapes --out x.zip --image-size 257", "1 to 256")]
    [DataRow("pretrain --data shapes --out x.zip --learning-rate nan", "--learning-rate is 'nan'; expected a number")]
    [DataRow("pretrain --data shapes --out x.zip --preset huge", "'tiny'")]
    [DataRow("pretrain --data shapes --out x.zip --embedding-size 9 --heads 2", "--embedding-size is 9; expected a multiple of --heads, which is 2.")]
    [DataRow("pretrain --data shapes --out x.zip --steps 3 --warm-up 4", "--warm-up is 4; expected no more than --steps, which is 3.")]
    [DataRow("pretrain --data nowhere --out x.zip", "'nowhere' is neither a known data source nor an existing folder")]
    [DataRow("evaluate --model x.zip", "'--data' is required")]
    [DataRow("features --model x.zip --data shapes --out x.txt", ".npy")]
    [DataRow("features --model x.zip --data shapes --out x.npy --layers 1,1", "--layers is '1,1'")]
    [DataRow("probe --model x.zip --data shapes", "'--test' is required")]
    [DataRow("palette fit --data shapes", "'--out' is required. See 'igpt palette fit --help'.")]
    [DataRow("palette fit --out x.npy", "'--data' is required")]
    [DataRow("export --model x.zip --out y --format gguf", "Must be one of: 'huggingface' 'onnx'. See 'igpt export --help'.")]
    [DataRow("palette fit --data shapes --out x.npy --colors 65536", "--colors is '65536'; expected a whole number, 2 to 65535.")]
    public void WrongUsage_EndsWithTwoAndOneLine(string line, string part) => CommandLine.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .AssertFails(2, part);

    [TestMethod]
    [DataRow("pretrain --data shapes --out nowhere/x.zip", "the folder '")]
    [DataRow("pretrain --data shapes:12 --out x.zip --gpu 1000", "GPU 1000 was requested")]
    [DataRow("evaluate --model missing.zip --data shapes:3", "Model file 'missing.zip' does not exist.")]
    public void Failure_EndsWithOneAndOneLine(string line, string part) => CommandLine.Run(line.Split(' ')).AssertFails(1, part);

    [TestMethod]
    public void Verbose_AddsTheStackTrace()
    {
        var run = CommandLine.Run("evaluate", "--model", "missing.zip", "--data", "shapes:3", "--verbose");
        Assert.AreEqual(1, run.Code);
        StringAssert.StartsWith(run.ErrorLines[0], "igpt: Model file");
        StringAssert.Contains(run.Error, nameof(ModelFile));
    }

    [TestMethod]
    [DataRow("pretrain", "--warm-up", "(1 to 256)", "[default: tiny]")]
    [DataRow("evaluate", "--data", "nats per token", "(1 or more)")]
    [DataRow("features", "--layers", "[default: all]", ".npy")]
    [DataRow("probe", "--test-limit", "in percent", "(1 or more)")]
    public void Help_TellsOptionsUnitsDefaultsAndAnExample(string command, params string[] parts)
    {
        var run = CommandLine.Run(command, "--help");
        Assert.AreEqual(0, run.Code);
        Assert.AreEqual(string.Empty, run.Error);
        foreach (var part in (string[])[.. parts, "--json", "--verbose", "--gpu", $"Example:{Environment.NewLine}  igpt {command} "])
        {
            StringAssert.Contains(run.Output, part);
        }
    }

    [TestMethod]
    public void Help_EveryExample_IsUnderstood()
    {
        foreach (var command in (string[])["pretrain", "evaluate", "features", "probe", "palette fit", "palette show", "import", "export", "serve"])
        {
            var example = CommandLine.Run([.. command.Split(' '), "--help"]).Output.Split("Example:")[1].Trim();
            using var folder = new Data.TemporaryFolder();
            var run = CommandLine.Run([.. example.Split(' ')[1..].Select(word => word switch
            {
                "cifar10:datasets/cifar10" => $"cifar10:{folder.Path}",
                "photos" => folder.Path,
                "model.zip" => folder.Combine("model.zip"),
                "model.ckpt-1000000" or "kmeans_centers.npy" or "imagegpt" or "palette.npy" or "palette.png" => folder.Combine(word),
                "classifier.zip" => folder.Combine("classifier.zip"),
                "features.npy" => folder.Combine("features.npy"),
                _ => word,
            })]);
            run.AssertFails(1, folder.Path); // the options are valid; the command then fails for lack of a model or a batch
        }
    }

    [TestMethod]
    public void Version_IsThatOfTheTool()
    {
        var run = CommandLine.Run("--version");
        Assert.AreEqual(0, run.Code);
        StringAssert.StartsWith(run.Output, typeof(IGptMl.Cli.IgptApp).Assembly.GetName().Version!.ToString(3));
    }
}
