using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PaletteClusteringTests
{
    [TestMethod]
    [DataRow(2)]
    [DataRow(16)]
    [DataRow(100)]
    public void Run_UntilItConverges_EndsWhereNoCenterMoves(int clusters)
    {
        var colors = Blobs(pixels: 3000, seed: clusters);
        var (palette, learning) = new PaletteClustering(colors, seed: 1).Run(clusters, maximumIterations: 10_000);
        Assert.IsTrue(learning.Converged);
        var (sums, counts, inertia, error) = AssignPlainly(colors, palette);
        Assert.AreEqual(inertia, learning.Sample.Inertia, 1e-9 * inertia);
        Assert.AreEqual(error, learning.Sample.MeanColorError, 1e-9 * error);
        Assert.AreEqual(3000, learning.Sample.Pixels);
        Assert.AreEqual(colors.Count, learning.DistinctColors);
        for (var k = 0; k < clusters; k++)
        {
            Assert.AreNotEqual(0, counts[k], $"cluster {k} is empty");
            for (var c = 0; c < 3; c++)
            {
                Assert.AreEqual((sums[k, c] / counts[k] / 127.5) - 1, palette.Centers.Span[(3 * k) + c], 1e-6, $"center {k}");
            }
        }
    }

    [TestMethod]
    public void Run_FewColorsForMany_LeavesNoClusterEmpty()
    {
        // In small sets, Lloyd's iterations empty clusters.
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int[] codes = [.. Enumerable.Range(0, 40).Select(_ => ColorHistogram.ToCode((byte)random.Next(12), (byte)random.Next(3), 0))];
            var colors = ColorHistogram.Of(codes);
            var clusters = colors.Count - 1 - random.Next(5);
            var (palette, learning) = new PaletteClustering(colors, seed).Run(clusters, maximumIterations: 100);
            Assert.IsTrue(learning.Converged);
            Assert.IsFalse(AssignPlainly(colors, palette).Counts.Contains(0), $"seed {seed}");
        }
    }

    [TestMethod]
    public void Run_MostColorsThatThereCanBe_GivesThemAll()
    {
        var random = new Random(1);
        int[] codes =
        [
            .. Enumerable.Range(0, 80_000).Select(_ => ColorHistogram.ToCode((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256))),
        ];
        var colors = ColorHistogram.Of(codes);
        var (palette, learning) = new PaletteClustering(colors, seed: 1).Run(Palette.MaxCount, maximumIterations: 2);
        Assert.AreEqual(Palette.MaxCount, palette.Count);
        Assert.HasCount(Palette.MaxCount, palette.Centers.ToArray().Chunk(3).Select(c => (c[0], c[1], c[2])).Distinct().ToArray());

        // Of 80,000 colors, 14,465 share a center with a neighbor; random colors are about 3 channel values apart.
        Assert.IsLessThan(1, learning.Sample.MeanColorError);
    }

    [TestMethod]
    public void Run_SameSeed_GivesTheSamePaletteAndAnotherSeedAnother()
    {
        var colors = Blobs(pixels: 2000, seed: 3);
        var first = new PaletteClustering(colors, seed: 7).Run(32, 20).Palette;
        Assert.AreEqual(first, new PaletteClustering(colors, seed: 7).Run(32, 20).Palette);
        Assert.AreNotEqual(first, new PaletteClustering(colors, seed: 8).Run(32, 20).Palette);
    }

    [TestMethod]
    public void Run_FewerIterations_LeavesMoreInertia()
    {
        var colors = Blobs(pixels: 5000, seed: 4);
        var inertias = new[] { 1, 4, 16, 64 }.Select(n => new PaletteClustering(colors, seed: 1).Run(50, n).Learning).ToArray();
        CollectionAssert.AreEqual(new[] { 1, 4, 16 }, inertias.Take(3).Select(l => l.Iterations).ToArray());
        for (var i = 1; i < inertias.Length; i++)
        {
            Assert.IsLessThan(inertias[i - 1].Sample.Inertia, inertias[i].Sample.Inertia);
        }
    }

    [TestMethod]
    public void Run_BesideMLNetsTrainer_IsAsGood()
    {
        const int clusters = 12;
        var colors = Blobs(pixels: 3000, seed: 5);
        var ml = new MLContext(seed: 1);
        float[] Channels(int i) => [.. colors.Colors.Slice(3 * i, 3).ToArray().Select(v => (v / 127.5f) - 1)];
        var pixels = Enumerable.Range(0, colors.Count).SelectMany(i => Enumerable.Repeat(new Pixel { Channels = Channels(i) }, colors.Counts[i]));
        var options = new KMeansTrainer.Options
        {
            FeatureColumnName = nameof(Pixel.Channels), NumberOfClusters = clusters, MaximumNumberOfIterations = 50, NumberOfThreads = 1,
        };
        VBuffer<float>[] centers = null!;
        ml.Clustering.Trainers.KMeans(options).Fit(ml.Data.LoadFromEnumerable(pixels.ToArray())).Model.GetClusterCentroids(ref centers, out _);
        var theirs = AssignPlainly(colors, Palette.FromCenters([.. centers.SelectMany(c => c.DenseValues())])).Inertia;
        var ours = Enumerable.Range(0, 5).Select(seed => new PaletteClustering(colors, seed).Run(clusters, 50).Learning.Sample.Inertia).Order().ElementAt(2);
        Assert.IsLessThan(1.1 * theirs, ours);
    }

    [TestMethod]
    public void Evaluate_Pixels_AveragesTheirErrors()
    {
        // Black, black, white, and a gray of 51, whose difference from black is 0.4 in the palette's units.
        var metrics = Palette.FromColors([0, 0, 0, 255, 255, 255]).Evaluate([0, 0, 0, 0, 0, 0, 255, 255, 255, 0, 51, 0]);
        Assert.AreEqual(4, metrics.Pixels);
        Assert.AreEqual(0.16, metrics.Inertia, 1e-6);
        Assert.AreEqual(51 / 4.0, metrics.MeanColorError, 1e-4);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(4)]
    public void Evaluate_NoPixels_IsRefused(int length)
        => Assert.ThrowsExactly<ArgumentException>(() => Palette.FromColors(new byte[6]).Evaluate(new byte[length]));

    /// <summary>Pixels near ten colors, in different numbers.</summary>
    private static ColorHistogram Blobs(int pixels, int seed)
    {
        var random = new Random(seed);
        var middles = Enumerable.Range(0, 10).Select(_ => new[] { random.Next(40, 215), random.Next(40, 215), random.Next(40, 215) }).ToArray();
        return ColorHistogram.Of([.. Enumerable.Range(0, pixels).Select(_ =>
        {
            var middle = middles[Math.Min(random.Next(10), random.Next(10))];
            return ColorHistogram.ToCode(Around(middle[0]), Around(middle[1]), Around(middle[2]));
        })]);

        byte Around(int value) => (byte)(value + random.Next(-15, 16) + random.Next(-15, 16));
    }

    private static (double[,] Sums, int[] Counts, double Inertia, double MeanError) AssignPlainly(ColorHistogram colors, Palette palette)
    {
        var (sums, counts, inertia, error) = (new double[palette.Count, 3], new int[palette.Count], 0.0, 0.0);
        for (var i = 0; i < colors.Count; i++)
        {
            var color = colors.Colors.Slice(3 * i, 3).ToArray();
            var centers = palette.Centers.ToArray();
            var distances = Enumerable.Range(0, palette.Count)
                .Select(k => Enumerable.Range(0, 3).Sum(c => Math.Pow((color[c] / 127.5) - 1 - centers[(3 * k) + c], 2)))
                .ToArray();
            var least = distances.Min();
            var nearest = Array.IndexOf(distances, least);
            counts[nearest] += colors.Counts[i];
            inertia += colors.Counts[i] * least;
            error += colors.Counts[i] * 127.5 * Math.Sqrt(least) / colors.Pixels;
            for (var c = 0; c < 3; c++)
            {
                sums[nearest, c] += colors.Counts[i] * color[c];
            }
        }

        return (sums, counts, inertia, error);
    }

    private sealed class Pixel
    {
        [VectorType(3)]
        public float[] Channels { get; set; } = [];
    }
}
