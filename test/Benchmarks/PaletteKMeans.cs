using System.Diagnostics;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Benchmarks;

/// <summary>Learning a palette from the same sampled pixels with as many iterations at most: ours beside ML.NET's k-means.</summary>
internal static class PaletteKMeans
{
    private const int SampledPixels = 250_000;
    private const int Iterations = 20;

    internal static void Run(string? cifarFolder, int colors)
    {
        var images = Pixels.Read(cifarFolder, 50_000);
        var reservoir = new PixelReservoir(SampledPixels, seed: 1);
        reservoir.Add(images);
        var sample = ColorHistogram.Of([.. reservoir.Codes]);
        Console.WriteLine($"{sample.Pixels:N0} pixels of {sample.Count:N0} colors, K = {colors}, {Iterations} iterations at most");
        var rgb = new byte[3 * SampledPixels];
        var at = 0;
        for (var i = 0; i < sample.Count; i++)
        {
            for (var n = 0; n < sample.Counts[i]; n++, at += 3)
            {
                sample.Colors.Slice(3 * i, 3).CopyTo(rgb.AsSpan(at));
            }
        }

        var pixels = Enumerable.Range(0, rgb.Length / 3).Select(i => new Pixel { Channels = [Unit(rgb[3 * i]), Unit(rgb[(3 * i) + 1]), Unit(rgb[(3 * i) + 2])] }).ToArray();
        for (var round = 0; round < 2; round++)
        {
            Ours(round);
            MLNet(round, KMeansTrainer.InitializationAlgorithm.KMeansYinyang);
            Ours(round + 2);
            MLNet(round, KMeansTrainer.InitializationAlgorithm.Random);
        }

        void Ours(int seed)
        {
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var (palette, learning) = new PaletteClustering(ColorHistogram.Of([.. reservoir.Codes]), seed).Run(colors, Iterations);
            Report("ours", clock.Elapsed, Environment.CpuUsage.TotalTime - before, palette, $"{learning.Iterations} iterations{(learning.Converged ? ", converged" : string.Empty)}");
        }

        void MLNet(int seed, KMeansTrainer.InitializationAlgorithm start)
        {
            var ml = new MLContext(seed);
            var view = ml.Data.Cache(ml.Data.LoadFromEnumerable(pixels));
            var options = new KMeansTrainer.Options { FeatureColumnName = nameof(Pixel.Channels), NumberOfClusters = colors, MaximumNumberOfIterations = Iterations, InitializationAlgorithm = start };
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var model = ml.Clustering.Trainers.KMeans(options).Fit(view).Model;
            var (elapsed, processor) = (clock.Elapsed, Environment.CpuUsage.TotalTime - before);
            VBuffer<float>[] centers = null!;
            model.GetClusterCentroids(ref centers, out _);
            Report($"ML.NET, {start}", elapsed, processor, Palette.FromCenters([.. centers.SelectMany(c => c.DenseValues())]), string.Empty);
        }

        void Report(string who, TimeSpan time, TimeSpan processor, Palette palette, string remark)
        {
            var metrics = palette.Evaluate(rgb);
            Console.WriteLine($"{who,-22} {time.TotalSeconds,8:F3} s, {processor.TotalSeconds,8:F3} s of all processors; inertia {metrics.Inertia,8:F2}, mean color error {metrics.MeanColorError:F3} of 255; {remark}");
        }
    }

    private static float Unit(byte value) => Palette.ChannelUnits[value];

    private sealed class Pixel
    {
        [VectorType(3)]
        public float[] Channels { get; set; } = [];
    }
}
