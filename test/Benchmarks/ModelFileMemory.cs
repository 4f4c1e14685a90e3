using System.Diagnostics;
using Microsoft.ML;

namespace IGptMl.Benchmarks;

/// <summary>
/// Saving and loading a model of the size of iGPT-S with ML.NET: seconds, and the peak resident memory compared with the size of the weights.
/// </summary>
internal static class ModelFileMemory
{
    internal static void Run()
    {
        var config = ImageGptConfig.Small;
        var bytes = config.ParameterCount * sizeof(float);
        var path = Path.Combine(Path.GetTempPath(), $"igptml-{Environment.ProcessId}.zip");
        try
        {
            var ml = new MLContext(seed: 1);
            using (var model = ImageGptModel.CreateUntrained(config))
            {
                using var transformer = ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model).Fit(TokenData.View(ml, config, 1));
                Report("in memory", TimeSpan.Zero, bytes);
                var saving = Stopwatch.StartNew();
                ml.Model.Save(transformer, null, path);
                Report($"saved, {new FileInfo(path).Length / 1e6:F0} MB", saving.Elapsed, bytes);
            }

            GC.Collect();
            var loading = Stopwatch.StartNew();
            using var loaded = (IDisposable)new MLContext().Model.Load(path, out _);
            Report("loaded", loading.Elapsed, bytes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Report(string what, TimeSpan time, long bytes)
    {
        using var process = Process.GetCurrentProcess();
        var (peak, weights) = (process.PeakWorkingSet64 / 1e6, bytes / 1e6);
        Console.WriteLine(
            $"{what}: {time.TotalSeconds:F1} s; greatest resident memory so far {peak:F0} MB, {peak / weights:F2} times the weights' {weights:F0} MB");
    }
}
