using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Benchmarks;

/// <summary>One pass over all images of CIFAR-10, training and test, to tokens: images per second, and the memory before, during and after the pass.</summary>
internal static class DataPass
{
    private const int Shown = 10_000;
    private const int WarmUp = 1_000;

    internal static void Run(string folder, string palette)
    {
        var context = new MLContext(seed: 1);
        IDataView[] views = [context.Data.LoadCifar10(folder), context.Data.LoadCifar10(folder, CifarSplit.Test)];
        var quantizer = context.Transforms.QuantizeToPalette("Tokens", "Image", Palette.Load(palette)).Fit(views[0]);
        Read(quantizer.Transform(context.Data.TakeRows(views[0], WarmUp)), 0, static _ => { }); // warm-up: compilation and loading

        var clock = Stopwatch.StartNew();
        Report(0, TimeSpan.Zero);
        var images = 0;
        foreach (var view in views)
        {
            images = Read(quantizer.Transform(view), images, done =>
            {
                if (done % Shown == 0)
                {
                    Report(done, clock.Elapsed);
                }
            });
        }

        clock.Stop();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"{images:N0} images in {clock.Elapsed.TotalSeconds:F1} s, {images / clock.Elapsed.TotalSeconds:N0} images/s; "
            + $"{process.TotalProcessorTime.TotalSeconds:F1} s of all processors; at most {process.PeakWorkingSet64 / 1e6:F0} MB resident");
    }

    private static int Read(IDataView tokens, int done, Action<int> report)
    {
        var column = tokens.Schema["Tokens"];
        using var cursor = tokens.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<ushort>>(column);
        VBuffer<ushort> keys = default;
        while (cursor.MoveNext())
        {
            getter(ref keys);
            if (!keys.IsDense || keys.GetValues().Contains((ushort)0))
            {
                throw new InvalidDataException($"Image {done} is missing.");
            }

            report(++done);
        }

        return done;
    }

    private static void Report(int done, TimeSpan elapsed)
    {
        var live = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"{done,7:N0} images, {elapsed.TotalSeconds,5:F1} s: {process.WorkingSet64 / 1e6,5:F0} MB resident, "
            + $"{live / 1e6,5:F1} MB of live managed objects, {GC.GetTotalAllocatedBytes() / 1e6,4:F0} MB allocated so far");
    }
}
