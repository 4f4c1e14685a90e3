using System.CommandLine;
using IGptMl.Cli.Help;

namespace IGptMl.Tests.Cli.Help;

[TestClass]
public sealed class HelpTests
{
    /// <summary>The commands that the tool has, from what completes its command lines.</summary>
    private static string[] Commands => [.. Complete("igpt ").Where(word => !word.StartsWith('-'))
        .SelectMany(word => word is "palette" or "data" or "model"
            ? Complete($"igpt {word} ").Where(part => !part.StartsWith('-')).Select(part => $"{word} {part}") : [word])];

    [TestMethod]
    public void NoArguments_ShowsFirstStepsAndEveryCommandOnce()
    {
        var run = CommandLine.Run();
        Assert.AreEqual(0, run.Code);
        Assert.AreEqual(run.Output, CommandLine.Run("--help").Output);
        var lines = run.Output.Split(Environment.NewLine);
        Assert.IsLessThan(Array.FindIndex(lines, line => line.StartsWith("Learn from", StringComparison.Ordinal)),
            Array.FindIndex(lines, line => line.StartsWith("  igpt pretrain --data", StringComparison.Ordinal)));
        Assert.IsTrue(lines.All(line => line.Length <= 80), string.Join('\n', lines.Where(line => line.Length > 80)));
        Assert.IsGreaterThan(15, Commands.Length);
        CollectionAssert.AreEquivalent(Commands, CommandGroups.All.SelectMany(group => group.Commands)
            .Select(command => command.Name).ToArray());
        foreach (var command in Commands)
        {
            Assert.HasCount(1, lines.Where(line => line.StartsWith($"  {command} ", StringComparison.Ordinal)).ToArray(), command);
        }
    }

    [TestMethod]
    public void EveryOption_OfEveryCommand_IsInOneGroup()
    {
        foreach (var command in Commands)
        {
            var help = CommandLine.Run([.. command.Split(' '), "--help"]).Output;
            foreach (var option in Complete($"igpt {command} --"))
            {
                var lines = help.Split(Environment.NewLine)
                    .Where(line => line.StartsWith("  -", StringComparison.Ordinal) && line.Trim().Split("  ")[0].Split(' ', ',').Contains(option))
                    .ToArray();
                Assert.HasCount(1, lines, $"{command} {option}");
            }
        }
    }

    [TestMethod]
    public void CommonOptions_ComeFirst_RequiredOnesBeforeAll()
    {
        var help = CommandLine.Run("complete", "--help").Output;
        int At(string text) => help.IndexOf(text, StringComparison.Ordinal);
        Assert.IsGreaterThan(0, At("Common options:"));
        Assert.IsLessThan(At("Sampling:"), At("  --completions"));
        Assert.IsLessThan(At("  --keep-rows"), At("  --out"));
        Assert.IsLessThan(At("Machine:"), At("  --temperature"));
    }

    [TestMethod]
    public void Lines_OfATerminal_AreAsWideAsIt()
    {
        var command = new Command("paint", "Paint a picture of which a person could say that it is one, if the person had seen any before.")
            { new Option<int>("--seed") { Description = string.Join(' ', Enumerable.Repeat("word", 60)), HelpName = "N" } };
        using var output = new StringWriter();
        new CommandHelp(output, 80).Write(command, "igpt paint", "igpt paint");
        Assert.IsTrue(output.ToString().Split(Environment.NewLine).All(line => line.Length <= 80), output.ToString());
        Assert.AreEqual(60, output.ToString().Split("word").Length - 1);
    }

    [TestMethod]
    [DataRow("pretrian", "Did you mean 'pretrain'? See 'igpt --help'.")]
    [DataRow("servee --model x", "Did you mean 'serve'?")]
    [DataRow("palette fitt", "Did you mean 'fit'? See 'igpt palette --help'.")]
    [DataRow("pretrain --data shapes --out x.zip --colour 3", "Did you mean '--colors'? See 'igpt pretrain --help'.")]
    [DataRow("pretrain --data shapes --out x.zip --preset tinny", "Did you mean 'tiny'?")]
    [DataRow("pretrain --data shapes --out x.zip --optimizer moun", "Did you mean 'muon'?")]
    [DataRow("data get cifar-10", "Did you mean 'cifar10'?")]
    public void MistypedWord_IsSuggested(string line, string part) => CommandLine.Run(line.Split(' ')).AssertFails(2, part);

    [TestMethod]
    public void FarWord_IsNotGuessed()
    {
        var run = CommandLine.Run("paint");
        Assert.DoesNotContain("Did you mean", run.Error);
        Assert.DoesNotContain("Required command", run.Error);
    }

    [TestMethod]
    public void MistypedFolder_GivesTwoLines()
    {
        using var folder = new Data.TemporaryFolder();
        Directory.CreateDirectory(folder.Combine("photos"));
        foreach (var (data, meant) in new[] { (folder.Combine("fotos"), folder.Combine("photos")), ("shaeps", "shapes"), ("cifar_10", "cifar10") })
        {
            var run = CommandLine.Run("pretrain", "--data", data, "--out", folder.Combine("x.zip"));
            Assert.AreEqual(2, run.Code);
            Assert.HasCount(2, run.ErrorLines, run.Error);
            Assert.AreEqual($"igpt: '{data}' is neither a known data source nor an existing folder. Did you mean '{meant}'?", run.ErrorLines[0]);
            StringAssert.StartsWith(run.ErrorLines[1], "Expected a folder of images, an image file, shapes,");
            StringAssert.EndsWith(run.ErrorLines[1], "See 'igpt pretrain --help'.");
        }
    }

    private static string[] Complete(string line) => CommandLine.Run("[suggest]", line).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
