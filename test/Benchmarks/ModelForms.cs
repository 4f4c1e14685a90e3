using System.Diagnostics;
using System.Globalization;
using IGptMl.Hosting;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Loading random weights of the size of iGPT-S from each form of a model: seconds, and the greatest resident memory beside the size of the weights.
/// Each load has a process of its own; the forms take turns, and the median counts.
/// </summary>
internal static class ModelForms
{
    private const string LoadWord = "load";
    private const int Rounds = 3;

    /// <summary>Measures all forms; or, as the process of one load, prints its numbers.</summary>
    internal static int Run(string[] args)
    {
        if (args is [LoadWord, var path])
        {
            Load(path);
            return 0;
        }

        if (args.Length > 0)
        {
            Console.Error.WriteLine("usage: model-forms");
            return 2;
        }

        var folder = Directory.CreateTempSubdirectory("igptml-forms-").FullName;
        try
        {
            var forms = ModelFormFiles.Write(ImageGptConfig.Small, folder);
            var loads = forms.ToDictionary(form => form.Name, _ => new List<(double Seconds, double Before, double Peak)>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (name, path2) in forms)
                {
                    loads[name].Add(LoadInAProcess(path2));
                }
            }

            var weights = ImageGptConfig.Small.ParameterCount * sizeof(float) / 1e6;
            Console.WriteLine($"iGPT-S, {weights:F0} MB of weights; medians of {Rounds} loads");
            Console.WriteLine($"{"form",-28} {"seconds",8} {"peak MB",8} {"above an empty process",24}");
            foreach (var (name, _) in forms)
            {
                var (seconds, before, peak) = (Median(loads[name].Select(load => load.Seconds)), Median(loads[name].Select(load => load.Before)), Median(loads[name].Select(load => load.Peak)));
                Console.WriteLine($"{name,-28} {seconds,8:F2} {peak,8:F0} {peak - before,13:F0} MB, {(peak - before) / weights:F2}x");
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Load(string path)
    {
        TorchRuntime.EnsureLoaded();
        torch.zeros(1).Dispose();
        var before = Peak();
        var clock = Stopwatch.StartNew();
        using var model = ImageGptModel.Load(path);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds} {before} {Peak()}"));
    }

    private static (double Seconds, double Before, double Peak) LoadInAProcess(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["model-forms", LoadWord, path]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var numbers = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        process.WaitForExit();
        return (numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>The process's greatest resident memory so far, in MB.</summary>
    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
