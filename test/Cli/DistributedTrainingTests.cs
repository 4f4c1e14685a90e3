using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Cli;

/// <summary>Several processes under mpirun train as one process does.</summary>
[TestClass]
public sealed class DistributedTrainingTests
{
    private const int Steps = 20;

    /// <summary>Losses are float32, and sums of gradients are added up in another order.</summary>
    private const double Tolerance = 1e-5;

    [TestMethod]
    [DataRow(MpiJob.OpenMpi, 2, "autoregressive")]
    [DataRow(MpiJob.OpenMpi, 3, "autoregressive")]
    [DataRow(MpiJob.OpenMpi, 3, "masked")]
    [DataRow(MpiJob.Mpich, 2, "autoregressive")]
    public void Pretrain_InRanks_HasTheLossesOfOneProcess(string launcher, int ranks, string objective)
    {
        MpiJob.Require(launcher);
        using var folder = new TemporaryFolder();
        string[] line = ["pretrain", "--objective", objective, .. TinyModel.SizesOf(objective == "masked" ? 32 : 4), .. Training(Steps)];
        AssertSameLosses(folder, line, launcher, ranks);
    }

    [TestMethod]
    public void Pretrain_OfBatchesInParts_HasTheLossesOfOneProcess()
    {
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        string[] sizes = [.. TinyModel.Sizes.SkipLast(2), "--batch-size", "10", "--accumulate", "2", "--clip", "0.5", "--optimizer", "muon"];
        AssertSameLosses(folder, ["pretrain", .. sizes, .. Training(Steps)], MpiJob.OpenMpi, 3);
    }

    [TestMethod]
    public void FineTune_InRanks_HasTheLossesOfOneProcess()
    {
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        string[] line = ["finetune", "--model", TinyModel.ZipPath, "--batch-size", "7", "--patience", "100", .. Training(Steps)];
        AssertSameLosses(folder, line, MpiJob.OpenMpi, 2);
    }

    [TestMethod]
    public void Pretrain_ResumedWithAnotherNumberOfRanks_GoesOnTheSame()
    {
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        var alone = Losses(folder, "alone", arguments => Alone(arguments), Line(Steps), "--checkpoints", folder.Combine("alone"));
        string[] checkpoints = ["--checkpoints", folder.Combine("changing"), "--checkpoint-interval", "1"];
        foreach (var ranks in (int[])[2, 1, 3])
        {
            KillAfterSteps(ranks, 5, folder.Combine("changing"), [.. Line(Steps), .. Out(folder, "changing"), .. checkpoints]);
        }

        var changing = Losses(folder, "changing", arguments => MpiJob.Run(MpiJob.OpenMpi, 2, arguments), Line(Steps), checkpoints);
        AssertClose(alone, changing);

        string[] Line(int steps) => ["pretrain", .. TinyModel.Sizes, .. Training(steps)];
    }

    [TestMethod]
    public void Pretrain_RankKilledFiveTimes_EndsAndResumes()
    {
        const int Kills = 5, Many = 200;
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        string[] line = ["pretrain", .. TinyModel.Sizes, .. Training(Many)];
        string[] checkpoints = ["--checkpoints", folder.Combine("killed"), "--checkpoint-interval", "1"];
        for (var kill = 0; kill < Kills; kill++)
        {
            KillAfterSteps(2, 1, folder.Combine("killed"), [.. line, .. Out(folder, "killed"), .. checkpoints], victim: kill % 2);
        }

        var killed = Losses(folder, "killed", arguments => MpiJob.Run(MpiJob.OpenMpi, 2, arguments), line, checkpoints);
        var undisturbed = Losses(folder, "undisturbed", arguments => MpiJob.Run(MpiJob.OpenMpi, 2, arguments), line,
            "--checkpoints", folder.Combine("undisturbed"));
        CollectionAssert.AreEqual(undisturbed, killed); // with the same number of ranks to the bit
        CollectionAssert.AreEqual(Weights(folder, "undisturbed", Many), Weights(folder, "killed", Many));
    }

    [TestMethod]
    [DataRow("--learning-rate", "0.002", "0.003", "LearningRate is 0.003 and not 0.002.")]
    [DataRow("--data", "shapes:40", "shapes:41", "Images is ")]
    [DataRow("--minutes", "10", "20", "TimeLimit is 00:20:00 and not 00:10:00.")]
    public void Pretrain_RanksDiffer_IsRefusedByTheDifference(string option, string first, string second, string difference)
    {
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        string[] line = ["pretrain", .. TinyModel.Sizes, .. Training(Steps, option == "--data" ? null : "shapes:40"), .. Out(folder, "model")];
        var (code, _, error) = MpiJob.Finish(MpiJob.Start(MpiJob.OpenMpi, [[.. line, option, first], [.. line, option, second]]));
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(error, "Rank 1 has other options");
        StringAssert.Contains(error, difference);
        Assert.IsFalse(File.Exists(folder.Combine("model.zip")));
    }

    [TestMethod]
    public void Pretrain_MoreRanksThanImages_IsRefused()
    {
        MpiJob.Require(MpiJob.OpenMpi);
        using var folder = new TemporaryFolder();
        string[] sizes = [.. TinyModel.Sizes.SkipLast(2), "--batch-size", "2"];
        var (code, _, error) = MpiJob.Run(MpiJob.OpenMpi, 3, ["pretrain", .. sizes, .. Training(Steps), .. Out(folder, "model")]);
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(error, "less than one for each of the 3 ranks");
    }

    /// <summary>Kills a rank after some more steps, and checks that the job ends.</summary>
    private static void KillAfterSteps(int ranks, int steps, string checkpoints, string[] arguments, int victim = 0)
    {
        Directory.CreateDirectory(checkpoints);
        var goal = Newest(checkpoints) + steps;
        var job = MpiJob.Start(MpiJob.OpenMpi, ranks, arguments);
        var clock = Stopwatch.StartNew();
        while (Newest(checkpoints) < goal && !job.HasExited && clock.Elapsed < TimeSpan.FromMinutes(1))
        {
            Thread.Sleep(1);
        }

        var children = Children(job.Id);
        Assert.IsGreaterThan(victim, children.Count, "The ranks run while one is killed.");
        using (var rank = Process.GetProcessById(children[victim]))
        {
            rank.Kill();
        }

        Assert.AreNotEqual(0, MpiJob.Finish(job).Code);
    }

    private static List<int> Children(int process) => [.. File.ReadAllText($"/proc/{process}/task/{process}/children")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    private static int Newest(string folder) => Directory.GetFiles(folder, "checkpoint-*.safetensors")
        .Select(path => int.Parse(Path.GetFileNameWithoutExtension(path)["checkpoint-".Length..], CultureInfo.InvariantCulture))
        .Append(0)
        .Max();

    private static void AssertSameLosses(TemporaryFolder folder, string[] line, string launcher, int ranks)
    {
        var alone = Losses(folder, "alone", arguments => Alone(arguments), line, "--checkpoints", folder.Combine("alone"));
        var together = Losses(folder, "together", arguments => MpiJob.Run(launcher, ranks, arguments), line, "--checkpoints", folder.Combine("together"));
        AssertClose(alone, together);
        CollectionAssert.AreNotEqual(alone, Enumerable.Repeat(alone[0], Steps).ToArray(), "The losses change.");
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.HasCount(Steps, expected);
        Assert.HasCount(Steps, actual);
        for (var i = 0; i < Steps; i++)
        {
            Assert.AreEqual(expected[i], actual[i], Tolerance, $"step {i + 1}");
        }
    }

    /// <summary>Runs a training, whose output must be that of one process, and returns the losses in its metrics.</summary>
    private static double[] Losses(TemporaryFolder folder, string name, Func<IEnumerable<string>, (int Code, string Output, string Error)> run, string[] line,
        params string[] more)
    {
        var (code, output, error) = run([.. line, .. Out(folder, name), .. more, "--json"]);
        Assert.AreEqual(0, code, error);
        var json = output[output.IndexOf('{')..]; // OpenMPI's ranks write to a terminal, which .NET prepares with control characters
        Assert.AreEqual(JsonValueKind.Object, JsonDocument.Parse(json).RootElement.ValueKind, output);
        Assert.IsTrue(File.Exists(folder.Combine($"{name}.zip")));
        return [.. File.ReadLines(Path.Combine(folder.Combine(name), "metrics.jsonl"))
            .Select(text => JsonDocument.Parse(text).RootElement.GetProperty("loss").GetDouble())];
    }

    private static (int Code, string Output, string Error) Alone(IEnumerable<string> arguments)
    {
        var run = CommandLine.Run([.. arguments]);
        return (run.Code, run.Output, run.Error);
    }

    private static string[] Training(int steps, string? data = "shapes:40") =>
    [
        "--steps", $"{steps}", "--seed", "1", "--augment", "1", "--validation-fraction", "0.2", "--validation-interval", $"{steps}",
        .. data is null ? Array.Empty<string>() : ["--data", data],
    ];

    private static string[] Out(TemporaryFolder folder, string name) => ["--out", folder.Combine($"{name}.zip")];

    private static float[] Weights(TemporaryFolder folder, string name, int step)
    {
        using var reader = SafetensorsReader.OpenFile(Path.Combine(folder.Combine(name), $"checkpoint-{step:D9}.safetensors"));
        return [.. reader.Weights.Where(weight => weight.Type == WeightType.Float32).SelectMany(weight =>
        {
            var values = new float[weight.Count];
            reader.ReadFloat32(weight.Name, values);
            return values;
        })];
    }
}
