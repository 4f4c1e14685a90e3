using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Benchmarks;

/// <summary>
/// Loads random weights of the size of iGPT-S from each form of a model: seconds, processor seconds, and the peak resident memory compared with the size of the
/// weights. Each load runs in its own process; the forms alternate, and the median is reported.
/// </summary>
internal static class ModelForms
{
    private const string LoadWord = "load";
    private const int Rounds = 3;

    /// <summary>Measures all forms or, in the process of one load, prints its measurements.</summary>
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
            var loads = forms.ToDictionary(form => form.Name, _ => new List<LoadCost>());
            for (var round = 0; round < Rounds; round++)
            {
                foreach (var (name, path2) in forms)
                {
                    loads[name].Add(LoadInAProcess(path2));
                }
            }

            var weights = ImageGptConfig.Small.ParameterCount * sizeof(float) / 1e6;
            Console.WriteLine($"iGPT-S, {weights:F0} MB of weights; medians of {Rounds} loads");
            Console.WriteLine($"{"form",-28} {"seconds",8} {"processor",10} {"peak MB",8} {"above an empty process",24}");
            foreach (var (name, _) in forms)
            {
                double Median(Func<LoadCost, double> number) => loads[name].Select(number).Order().ElementAt(Rounds / 2);
                var (peak, growth) = (Median(load => load.Peak), Median(load => load.Peak - load.Before));
                Console.WriteLine(
                    $"{name,-28} {Median(load => load.Seconds),8:F2} {Median(load => load.ProcessorSeconds),10:F2} {peak,8:F0} {growth,13:F0} MB, "
                    + $"{growth / weights:F2}x");
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
        new MLContext().GetDeviceName(); // loads libtorch, whose memory is not counted
        torch.zeros(1).Dispose();
        var before = Peak();
        using var process = Process.GetCurrentProcess();
        var processor = process.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        using var model = ImageGptModel.Load(path);
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var busy = (process.TotalProcessorTime - processor).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds} {busy} {before} {Peak()}"));
    }

    private static LoadCost LoadInAProcess(string path)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["model-forms", LoadWord, path]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var words = process.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries);
        var numbers = words.Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        process.WaitForExit();
        return new LoadCost(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>The process's peak resident memory so far, in MB.</summary>
    private static double Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }

    /// <summary>The measurements of a load; memory in MB.</summary>
    private readonly record struct LoadCost(double Seconds, double ProcessorSeconds, double Before, double Peak);
}
