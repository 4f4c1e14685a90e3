using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Benchmarks;

/// <summary>
/// Learns a palette from the same pixels with the same maximum number of iterations: this library, including reading the images, compared with ML.NET's
/// k-means.
/// </summary>
internal static class PaletteKMeans
{
    private const int Images = 250; // a quarter of a million pixels
    private const int Iterations = 20;

    internal static void Run(string? cifarFolder, int colors)
    {
        var rgb = Pixels.Read(cifarFolder, Images);
        var pixels = Enumerable.Range(0, rgb.Length / 3).Select(i => new Pixel
            { Channels = [Unit(rgb[3 * i]), Unit(rgb[(3 * i) + 1]), Unit(rgb[(3 * i) + 2])] }).ToArray();
        Console.WriteLine($"{pixels.Length:N0} pixels, K = {colors}, {Iterations} iterations at most");
        for (var round = 0; round < 2; round++)
        {
            Ours(round);
            MLNet(round, KMeansTrainer.InitializationAlgorithm.KMeansYinyang);
            Ours(round + 2);
            MLNet(round, KMeansTrainer.InitializationAlgorithm.Random);
        }

        void Ours(int seed)
        {
            var ml = new MLContext(seed);
            var images = Pixels.Load(ml, cifarFolder, Images);
            var options = new PaletteQuantizingEstimator.Options
            {
                OutputColumnName = "Tokens",
                InputColumnName = "Image",
                ImageSize = Pixels.Side,
                Colors = colors,
                SampledPixels = pixels.Length, // all of them
                MaximumNumberOfIterations = Iterations,
                Seed = seed,
            };
            var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var quantizer = ml.Transforms.QuantizeToPalette(options).Fit(images);
            var (elapsed, processor) = (clock.Elapsed, Environment.CpuUsage.TotalTime - before);
            var learning = quantizer.Learning!;
            Report("ours", elapsed, processor, quantizer.Palette, $"{learning.Iterations} iterations{(learning.Converged ? ", converged" : string.Empty)}");
        }

        void MLNet(int seed, KMeansTrainer.InitializationAlgorithm start)
        {
            var ml = new MLContext(seed);
            var view = ml.Data.Cache(ml.Data.LoadFromEnumerable(pixels));
            var options = new KMeansTrainer.Options
            {
                FeatureColumnName = nameof(Pixel.Channels),
                NumberOfClusters = colors,
                MaximumNumberOfIterations = Iterations,
                InitializationAlgorithm = start,
            };
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
            Console.WriteLine(
                $"{who,-22} {time.TotalSeconds,8:F3} s, {processor.TotalSeconds,8:F3} s of all processors; "
                + $"inertia {metrics.Inertia,8:F2}, mean color error {metrics.MeanColorError:F3} of 255; {remark}");
        }
    }

    private static float Unit(byte value) => (value / 127.5f) - 1f;

    private sealed class Pixel
    {
        [VectorType(3)]
        public float[] Channels { get; set; } = [];
    }
}
