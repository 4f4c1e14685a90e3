using IGptMl.Inference;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Inference;

/// <summary>Compares the kernels of each register width with the network's modules.</summary>
[TestClass]
[EveryRegisterWidth]
public sealed class KernelExecutorTests
{
    private const double Tolerance = 5e-6;

    public static IEnumerable<object[]> Cases =>
        from bits in Widths
        from size in (ImageGptConfig[])
        [
            new() { ImageSize = 8, Colors = 27, EmbeddingSize = 32, Layers = 2, Heads = 1 },
            new() { ImageSize = 7, Colors = 37, EmbeddingSize = 33, Layers = 3, Heads = 3 }, // no size is a multiple of a register or a panel
            new() { ImageSize = 15, Colors = 64, EmbeddingSize = 96, Layers = 2, Heads = 3 },
            new() { ImageSize = 10, Colors = 512, EmbeddingSize = 128, Layers = 2, Heads = 2 },
            new() { ImageSize = 4, Colors = 8, EmbeddingSize = 64, Layers = 2, Heads = 4 },
            new() { ImageSize = 1, Colors = 8, EmbeddingSize = 96, Layers = 1, Heads = 1 },
            new() { ImageSize = 9, Colors = 20, EmbeddingSize = 64, Layers = 2, Heads = 1, Objective = PretrainingObjective.Masked },
            new() { ImageSize = 5, Colors = 20, EmbeddingSize = 24, Layers = 2, Heads = 2, Objective = PretrainingObjective.Masked },
        ]
        select new object[] { bits, size };

    private static int[] Widths => RegisterWidth.Widest switch { 512 => [256, 512], 256 => [256], _ => [] };

    [TestMethod]
    [RequiresKernels]
    [DynamicData(nameof(Cases))]
    public void Features_OfEveryLayer_AreWhatTheModulesCompute(int bits, ImageGptConfig config)
    {
        using var network = TinyImageGpt.CreateNetwork(config);
        int[] layers = [config.Layers, .. Enumerable.Range(0, config.Layers + 1), 0];
        foreach (var rows in (int[])[1, 2, 5])
        {
            var tokens = Tokens(config, rows);
            foreach (var mask in Masks(config, tokens, rows))
            {
                var (expected, actual) = (new float[rows * layers.Length * config.EmbeddingSize], new float[rows * layers.Length * config.EmbeddingSize]);
                ImageGptExecutor.OfModules(network, torch.CPU).Features(tokens, rows, layers, mask, expected);
                ImageGptExecutor.OfKernels(network, bits).Features(tokens, rows, layers, mask, actual);
                AssertClose(expected, actual);
            }
        }
    }

    [TestMethod]
    [RequiresKernels]
    [DynamicData(nameof(Cases))]
    public void NegativeLogLikelihood_OfEveryToken_IsWhatTheModulesCompute(int bits, ImageGptConfig config)
    {
        using var network = TinyImageGpt.CreateNetwork(config);
        foreach (var rows in (int[])[1, 3])
        {
            var tokens = Tokens(config, rows);
            var mask = config.Objective == PretrainingObjective.Masked ? new TokenMasking { Probability = 0.3 }.Draw(tokens, rows) : null;
            var (expected, actual) = (new float[tokens.Length], new float[tokens.Length]);
            ImageGptExecutor.OfModules(network, torch.CPU).NegativeLogLikelihood(tokens, rows, mask, expected);
            ImageGptExecutor.OfKernels(network, bits).NegativeLogLikelihood(tokens, rows, mask, actual);
            CollectionAssert.AreEqual(expected.Select(float.IsNaN).ToArray(), actual.Select(float.IsNaN).ToArray(), "the tokens that are asked for");
            Assert.AreEqual(mask is not null, expected.Any(float.IsNaN));
            AssertClose([.. expected.Where(float.IsFinite)], [.. actual.Where(float.IsFinite)]);
        }
    }

    [TestMethod]
    [RequiresKernels]
    [DataRow(33, 3)]
    [DataRow(64, 2)]
    public void Features_AndNats_OfABatch_HaveTheBitsOfEachImageAloneOnAnyNumberOfThreads(int size, int heads)
    {
        var config = new ImageGptConfig { ImageSize = 10, Colors = 37, EmbeddingSize = size, Layers = 2, Heads = heads };
        using var network = TinyImageGpt.CreateNetwork(config);
        var threads = torch.get_num_threads();
        try
        {
            foreach (var bits in Widths)
            {
                var executor = ImageGptExecutor.OfKernels(network, bits);
                var tokens = Tokens(config, 7);
                var together = Compute(executor, tokens, 7);
                foreach (var count in (int[])[1, 3, 8])
                {
                    torch.set_num_threads(count);
                    CollectionAssert.AreEqual(together, Compute(executor, tokens, 7), $"{count} threads");
                    for (var image = 0; image < 7; image++)
                    {
                        var alone = Compute(executor, tokens[(image * 100)..((image + 1) * 100)], 1);
                        CollectionAssert.AreEqual(together[(image * alone.Length)..((image + 1) * alone.Length)], alone, $"Image {image}, {count} threads");
                    }
                }
            }
        }
        finally
        {
            torch.set_num_threads(threads);
        }

        float[] Compute(ImageGptExecutor executor, ushort[] tokens, int rows)
        {
            var (features, nats) = (new float[rows * 2 * size], new float[rows * 100]);
            executor.Features(tokens, rows, [1, 2], null, features);
            executor.NegativeLogLikelihood(tokens, rows, null, nats);
            return [.. Enumerable.Range(0, rows).SelectMany(row
                => (float[])[.. features[(row * 2 * size)..((row + 1) * 2 * size)], .. nats[(row * 100)..((row + 1) * 100)]])];
        }
    }

    [TestMethod]
    [RequiresKernels]
    public void Features_WithAWeightThatIsNotANumber_DoNotHideIt()
    {
        var config = new ImageGptConfig { ImageSize = 4, Colors = 8, EmbeddingSize = 32, Layers = 1, Heads = 1 };
        using var network = TinyImageGpt.CreateNetwork(config);
        using (torch.no_grad())
        {
            network.Weights.Blocks[0].Expand.fill_(float.NaN);
        }

        foreach (var bits in Widths)
        {
            var features = new float[32];
            ImageGptExecutor.OfKernels(network, bits).Features(new ushort[16], 1, [1], null, features);
            Assert.IsTrue(features.All(float.IsNaN));
        }
    }

    [TestMethod]
    public void Features_OfManyRows_TakeMemoryOfAFew()
    {
        var config = new ImageGptConfig { ImageSize = 16, Colors = 8, EmbeddingSize = 64, Layers = 1, Heads = 2 };
        using var network = TinyImageGpt.CreateNetwork(config);
        var executor = ImageGptExecutor.Create(network, torch.CPU);
        const int rows = 1024;
        var (tokens, features) = (Tokens(config, rows), new float[rows * 64]);
        executor.Features(tokens.AsSpan(0, 8 * 256), 8, [1], null, features.AsSpan(0, 8 * 64));
        var before = GC.GetTotalAllocatedBytes();
        executor.Features(tokens, rows, [1], null, features);
        var bytes = GC.GetTotalAllocatedBytes() - before;
        Assert.IsLessThan(rows * 256L * 64 * sizeof(float) / 4, bytes, "The hidden states alone of all rows would be four times as much.");
    }

    [TestMethod]
    public void Create_OnTheCpu_TakesKernelsWhereThereAreRegisters()
    {
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
        Assert.AreEqual(RegisterWidth.Widest == 0, ImageGptExecutor.Create(network, torch.CPU) is ModuleExecutor);
    }

    [TestMethod]
    public void EveryCall_OfTheOtherObjective_IsRefused()
    {
        using var autoregressive = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
        using var masked = TinyImageGpt.CreateNetwork(TinyImageGpt.Config with { Objective = PretrainingObjective.Masked });
        var tokens = Tokens(TinyImageGpt.Config, 1);
        var mask = new TokenMasking().Draw(tokens, 1);
        foreach (var create in Widths.Select(bits
            => (Func<ImageGptNetwork, ImageGptExecutor>)(network => ImageGptExecutor.OfKernels(network, bits))).Append(network
            => ImageGptExecutor.OfModules(network, torch.CPU)))
        {
            Assert.Throws<InvalidOperationException>(() => create(autoregressive).NegativeLogLikelihood(tokens, 1, mask, new float[16]));
            Assert.Throws<InvalidOperationException>(() => create(autoregressive).Features(tokens, 1, [1], mask, new float[8]));
            Assert.Throws<InvalidOperationException>(() => create(masked).NegativeLogLikelihood(tokens, 1, null, new float[16]));
            Assert.Throws<InvalidOperationException>(() => create(masked).CreateDecoder(1));
        }
    }

    private static IEnumerable<TokenMask?> Masks(ImageGptConfig config, ushort[] tokens, int rows)
        => config.Objective == PretrainingObjective.Masked ? [null, new TokenMasking { Probability = 0.4 }.Draw(tokens, rows)] : [null];

    private static ushort[] Tokens(ImageGptConfig config, int rows)
    {
        var random = new Random(rows);
        return [.. Enumerable.Range(0, rows * config.ContextLength).Select(_ => (ushort)random.Next(config.Colors))];
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        var error = expected.Zip(actual, (e, a) => (double)MathF.Abs(e - a)).Max() / expected.Max(MathF.Abs);
        Assert.IsLessThanOrEqualTo(Tolerance, error);
    }
}
