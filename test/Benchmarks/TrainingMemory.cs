using System.Diagnostics;
using System.Globalization;
using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>What training keeps in memory: the same after many steps as after few, and less where activations are computed again.</summary>
internal static class TrainingMemory
{
    private const double MiB = 1 << 20;

    /// <summary>Memory and live tensors of a small model after 100 steps, and after 2,000.</summary>
    internal static void RunSteps()
    {
        TorchRuntime.EnsureLoaded();
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(new ImageGptConfig { ImageSize = 8, Colors = 64, EmbeddingSize = 32, Layers = 2, Heads = 2 }, generator);
        using var tokens = torch.randint(0, 64, [8, 64]);
        new TrainingLoop(network, new ConstantSchedule(1e-4, 2000), 8).Run(() => network.Loss(tokens), Report, default);

        static void Report(TrainingProgress progress)
        {
            if (progress.Step is 100 or 500 or 1000 or 2000)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                Console.WriteLine($"after {progress.Step,5:N0} steps: {Environment.WorkingSet / MiB,6:F0} MiB, {DisposeScopeManager.Statistics.ThreadTotalLiveCount} tensors");
            }
        }
    }

    /// <summary>Time and peak memory of steps with all activations kept, and with those of a block at a time, each in a process of its own.</summary>
    internal static int RunRecomputation(string[] args)
    {
        string[] sizes = args.Length == 6 ? args : ["128", "8", "4", "48", "512", "4"];
        var kept = Launch("kept");
        var recomputed = Launch("recomputed");
        Console.WriteLine($"activations kept       {kept.Seconds * 1e3,8:F0} ms a step, {kept.Memory,8:F0} MiB above the weights");
        Console.WriteLine($"activations recomputed {recomputed.Seconds * 1e3,8:F0} ms a step, {recomputed.Memory,8:F0} MiB; {recomputed.Seconds / kept.Seconds:F2} times the time, {recomputed.Memory / kept.Memory:P0} of the memory");
        return 0;

        (double Seconds, double Memory) Launch(string way)
        {
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. Host(), "recomputation-part", way, .. sizes]) { RedirectStandardOutput = true })!;
            var line = process.StandardOutput.ReadToEnd().Split(' ');
            process.WaitForExit();
            return (double.Parse(line[0], CultureInfo.InvariantCulture), double.Parse(line[1], CultureInfo.InvariantCulture));
        }

        static string[] Host() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TrainingMemory).Assembly.Location] : [];
    }

    /// <summary>One of the two ways: seconds and MiB on one line.</summary>
    internal static void RunRecomputationPart(string way, string[] args)
    {
        TorchRuntime.EnsureLoaded();
        int[] sizes = [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))];
        var config = new ImageGptConfig { EmbeddingSize = sizes[0], Layers = sizes[1], Heads = sizes[2], ImageSize = sizes[3], Colors = sizes[4] };
        using var generator = new torch.Generator(1);
        using var network = new ImageGptNetwork(config, generator) { RecomputesBlocks = way == "recomputed" };
        using var tokens = torch.randint(0, config.Colors, [sizes[5], config.ContextLength]);
        var before = Environment.WorkingSet;
        var seconds = Math.Min(TrainingStep.Seconds(network, () => network.Loss(tokens)), TrainingStep.Seconds(network, () => network.Loss(tokens)));
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {(self.PeakWorkingSet64 - before) / MiB}"));
    }
}
