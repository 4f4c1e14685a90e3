using System.Diagnostics;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Cli;

/// <summary>Training that is killed repeatedly, as by kill -9 or a power cut, gives the same weights as an uninterrupted training.</summary>
[TestClass]
public sealed class KilledTrainingTests
{
    private const int Steps = 400, KillsOfARun = 10;

    [TestMethod]
    public Task Pretrain_KilledTwentyTimes_GivesTheSameWeightsBitForBit() => AssertUnmoved(
        ["pretrain", "--objective", "autoregressive", .. TinyModel.SizesOf(headSize: 4)],
        ["pretrain", "--objective", "masked", .. TinyModel.SizesOf(headSize: 32)]);

    [TestMethod]
    public Task FineTune_KilledTwentyTimes_GivesTheSameWeightsBitForBit() => AssertUnmoved(
        ["finetune", "--model", TinyModel.ZipPath, "--patience", "100", "--batch-size", "4"],
        ["finetune", "--model", TinyModel.MaskedZipPath, "--patience", "100", "--batch-size", "4", "--votes", "2"]);

    /// <summary>Kills each of the runs many times.</summary>
    private static async Task AssertUnmoved(params string[][] runs)
    {
        // Two runs at a time, because starting a process takes much of their time. Each step writes a checkpoint, so most kills interrupt a write.
        using var folder = new TemporaryFolder();
        await Task.WhenAll(runs.Select((line, run) => Task.Run(() => KillAndResume(folder, line, run))));
        for (var run = 0; run < runs.Length; run++)
        {
            var undisturbed = CommandLine.Run(Arguments(folder, runs[run], run, "undisturbed", "--checkpoint-minutes", "0"));
            Assert.AreEqual(0, undisturbed.Code, undisturbed.Error);
            AssertSameTensors(Last(folder, run, "undisturbed"), Last(folder, run, "killed"));
        }
    }

    private static void KillAndResume(TemporaryFolder folder, string[] start, int run)
    {
        var random = new Random(run);
        var line = Arguments(folder, start, run, "killed", "--checkpoint-interval", "1");
        var checkpoints = Path.GetDirectoryName(Last(folder, run, "killed"))!;
        Directory.CreateDirectory(checkpoints);
        for (var kill = 0; kill < KillsOfARun; kill++)
        {
            using var process = Launch(line);
            var before = Checkpoints(checkpoints);
            var clock = Stopwatch.StartNew();
            while (Checkpoints(checkpoints) == before && !process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(1))
            {
                Thread.Sleep(1); // until a step is done, so that the run ends eventually
            }

            Thread.Sleep(random.Next(40));
            Assert.IsFalse(process.HasExited, $"The run ended before kill {kill}: {process.StandardError.ReadToEnd()}");
            process.Kill(); // SIGKILL, which a process cannot handle
            process.WaitForExit();
        }

        using var last = Launch(line);
        var error = last.StandardError.ReadToEnd();
        last.WaitForExit();
        Assert.AreEqual(0, last.ExitCode, error);
        StringAssert.Contains(error, "Resuming after step ");
    }

    /// <summary>The names of the complete checkpoints.</summary>
    private static string Checkpoints(string folder) => string.Join("|", Directory.GetFiles(folder, "checkpoint-*.safetensors").Order(StringComparer.Ordinal));

    private static string[] Arguments(TemporaryFolder folder, string[] start, int run, string name, params string[] more) =>
    [
        .. start, "--data", "shapes:40", "--steps", $"{Steps}", "--seed", $"{run + 1}", "--augment", "1", "--validation-fraction", "0.2",
            "--validation-interval", "100",
        "--checkpoints", folder.Combine($"{name}{run}"), "--out", folder.Combine($"{name}{run}.zip"), .. more,
    ];

    private static string Last(TemporaryFolder folder, int run, string name) =>
        Path.Combine(folder.Combine($"{name}{run}"), $"checkpoint-{Steps:D9}.safetensors");

    /// <summary>Compares weights and moments. The checksum is left out, because it also covers the elapsed time.</summary>
    private static void AssertSameTensors(string expected, string actual)
    {
        using var a = SafetensorsReader.OpenFile(expected);
        using var b = SafetensorsReader.OpenFile(actual);
        CollectionAssert.AreEqual(a.Weights.Select(w => w.ToString()).ToArray(), b.Weights.Select(w => w.ToString()).ToArray());
        foreach (var weight in a.Weights.Where(w => w.Type == WeightType.Float32))
        {
            float[] x = new float[weight.Count], y = new float[weight.Count];
            a.ReadFloat32(weight.Name, x);
            b.ReadFloat32(weight.Name, y);
            CollectionAssert.AreEqual(x, y, weight.Name);
        }
    }

    private static Process Launch(string[] arguments) => DotNetProcess.Start(Path.Combine(AppContext.BaseDirectory, "igpt.dll"), arguments);
}
