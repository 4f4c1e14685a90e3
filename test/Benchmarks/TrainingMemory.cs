using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>The memory of training: constant over many steps, and less with recomputed activations.</summary>
internal static class TrainingMemory
{
    private const double MiB = 1 << 20;

    private static readonly string[] LongSequence = ["128", "8", "4", "48", "512", "4"];

    /// <summary>Memory and live tensors of a small model after 100 steps, and after 2,000.</summary>
    internal static void RunSteps()
    {
        var config = new ImageGptConfig { ImageSize = 8, Colors = 64, EmbeddingSize = 32, Layers = 2, Heads = 2 };
        var ml = new MLContext(seed: 1);
        var options = new ImageGptTrainer.Options { Model = config, Steps = 2000, BatchSize = 8, LearningRate = 1e-4, Progress = new Reporter() };
        ml.ImageGeneration.Trainers.ImageGpt(options).Fit(TokenData.View(ml, config, 8)).Dispose();
    }

    /// <summary>The time and peak memory of steps with all activations kept, and with recomputation block by block, each in its own process.</summary>
    internal static int RunRecomputation(string[] args)
    {
        var kept = Launch("kept");
        var recomputed = Launch("recomputed");
        Console.WriteLine($"activations kept       {kept.Seconds * 1e3,8:F0} ms a step, {kept.Memory,8:F0} MiB, with weights and optimizer");
        Console.WriteLine(
            $"activations recomputed {recomputed.Seconds * 1e3,8:F0} ms a step, {recomputed.Memory,8:F0} MiB; "
            + $"{recomputed.Seconds / kept.Seconds:F2} times the time, {recomputed.Memory / kept.Memory:P0} of the memory");
        return 0;

        (double Seconds, double Memory) Launch(string way)
        {
            string[] sizes = args.Length == LongSequence.Length ? args : LongSequence;
            var start = new ProcessStartInfo(Environment.ProcessPath!, [.. Host(), "recomputation-part", way, .. sizes]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var line = process.StandardOutput.ReadToEnd().Split(' ');
            process.WaitForExit();
            return (double.Parse(line[0], CultureInfo.InvariantCulture), double.Parse(line[1], CultureInfo.InvariantCulture));
        }

        static string[] Host() => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(TrainingMemory).Assembly.Location] : [];
    }

    /// <summary>Measures one of the two: seconds and MiB on one line.</summary>
    internal static void RunRecomputationPart(string way, string[] args)
    {
        var (config, batch) = Sizes.Read(args, LongSequence);
        var ml = new MLContext(seed: 1);
        ml.GetDeviceName(); // loads libtorch, whose memory is not counted
        var data = TokenData.View(ml, config, batch);
        var before = Environment.WorkingSet;
        var seconds = Math.Min(Seconds(), Seconds());
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {(self.PeakWorkingSet64 - before) / MiB}"));

        double Seconds() => TrainingStep.Seconds(ml, data, config, batch, recomputes: way == "recomputed");
    }

    private sealed class Reporter : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step is 100 or 500 or 1000 or 2000)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                var tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                Console.WriteLine($"after {value.Step,5:N0} steps: {Environment.WorkingSet / MiB,6:F0} MiB, {tensors} tensors");
            }
        }
    }
}
