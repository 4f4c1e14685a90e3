using IGptMl.Gradients;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Kernels;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Gradients;

/// <summary>Compares the kernels of each register width with libtorch's autograd.</summary>
[TestClass]
[EveryRegisterWidth]
[RequiresKernels]
public sealed class CpuGradientsTests
{
    private const double Tolerance = 1e-5;

    public static IEnumerable<object[]> Cases =>
        from bits in KernelWidths.All
        from config in (ImageGptConfig[])
        [
            new() { ImageSize = 8, Colors = 27, EmbeddingSize = 32, Layers = 2, Heads = 1 },
            new() { ImageSize = 15, Colors = 64, EmbeddingSize = 96, Layers = 2, Heads = 3 },
            new() { ImageSize = 7, Colors = 37, EmbeddingSize = 48, Layers = 1, Heads = 3 }, // one register more than a panel at 512 bits
            new() { ImageSize = 16, Colors = 512, EmbeddingSize = 128, Layers = 2, Heads = 2 }, // a group is smaller than the batch
            new() { ImageSize = 1, Colors = 2, EmbeddingSize = 32, Layers = 1, Heads = 1 },
            new() { ImageSize = 9, Colors = 20, EmbeddingSize = 64, Layers = 2, Heads = 1, Objective = PretrainingObjective.Masked },
        ]
        select new object[] { bits, config };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Backward_OfTheTrainingLoss_IsLibtorchs(int bits, ImageGptConfig config)
    {
        var kernel = GradientKernels.Create(bits);
        var expected = Learn(config, 11, (network, tokens, mask) =>
        {
            var loss = network.Loss(tokens, mask);
            loss.backward();
            return loss;
        });
        var actual = Learn(config, 11, (network, tokens, mask) =>
        {
            Assert.IsTrue(kernel.Supports(network));
            return kernel.Backward(network, tokens, mask);
        });
        AssertEqual(expected, actual);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Backward_OfAnotherLoss_IsLibtorchs(int bits, ImageGptConfig config)
    {
        var kernel = GradientKernels.Create(bits);
        var expected = Learn(config, 11, (network, tokens, mask) =>
        {
            var (generative, features) = network.LossAndFeatures(tokens, mask);
            var loss = generative + features.square().sum();
            loss.backward();
            return loss;
        });
        foreach (var recomputes in (bool[])[false, true])
        {
            var actual = Learn(config, 11, (network, tokens, mask) =>
            {
                network.RecomputesBlocks = recomputes;
                return kernel.Backward(network, tokens, mask, hidden => network.LossOf(hidden, tokens, mask) + network.FeaturesOf(hidden).square().sum());
            });
            AssertEqual(expected, actual);
        }
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.All), typeof(KernelWidths))]
    public void Backward_OnAnyNumberOfThreads_HasTheSameBits(int bits)
    {
        var config = new ImageGptConfig { ImageSize = 16, Colors = 64, EmbeddingSize = 64, Layers = 2, Heads = 2 };
        var kernel = GradientKernels.Create(bits);
        var threads = torch.get_num_threads();
        try
        {
            var results = new[] { 1, 2, 3 }.Select(count =>
            {
                torch.set_num_threads(count);
                return Learn(config, 11, (network, tokens, mask) => kernel.Backward(network, tokens, mask));
            }).ToArray();
            foreach (var other in results[1..])
            {
                Assert.AreEqual(results[0].Loss, other.Loss);
                CollectionAssert.AreEqual(results[0].Gradients, other.Gradients);
            }
        }
        finally
        {
            torch.set_num_threads(threads);
        }
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.All), typeof(KernelWidths))]
    public void Supports_OnlyWholeRegistersInFloat32(int bits)
    {
        var kernel = GradientKernels.Create(bits);
        using var odd = TinyImageGpt.CreateNetwork(new ImageGptConfig { ImageSize = 2, Colors = 4, EmbeddingSize = 36, Layers = 1, Heads = 3 });
        Assert.IsFalse(kernel.Supports(odd), "Heads of 12.");
        using var network = TinyImageGpt.CreateNetwork(new ImageGptConfig { ImageSize = 2, Colors = 4, EmbeddingSize = 32, Layers = 1, Heads = 1 });
        Assert.IsTrue(kernel.Supports(network));
        network.to(torch.ScalarType.BFloat16);
        Assert.IsFalse(kernel.Supports(network), "bfloat16");
    }

    [TestMethod]
    [DynamicData(nameof(KernelWidths.All), typeof(KernelWidths))]
    public void Backward_TokenBeyondThePalette_IsRefused(int bits)
    {
        using var network = TinyImageGpt.CreateNetwork(new ImageGptConfig { ImageSize = 2, Colors = 4, EmbeddingSize = 32, Layers = 1, Heads = 1 });
        using var tokens = torch.tensor([0L, 1, 4, 2], [1, 4]);
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GradientKernels.Create(bits).Backward(network, tokens, null));
        StringAssert.Contains(thrown.Message, "less than 4");
    }

    private static void AssertEqual((float Loss, float[] Gradients) expected, (float Loss, float[] Gradients) actual)
    {
        Assert.AreEqual(expected.Loss, actual.Loss, 1e-5 * Math.Abs(expected.Loss));
        var error = expected.Gradients.Zip(actual.Gradients, (e, a) => (double)MathF.Abs(e - a)).Max() / expected.Gradients.Max(MathF.Abs);
        Assert.IsLessThan(Tolerance, error);
    }

    private static (float Loss, float[] Gradients) Learn(
        ImageGptConfig config, int images, Func<ImageGptNetwork, torch.Tensor, TokenMask?, torch.Tensor> backward)
    {
        var (value, gradients) = (0f, Array.Empty<float>());
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var network = TinyImageGpt.CreateNetwork(config);
            using var generator = new torch.Generator(1);
            var tokens = torch.randint(0, config.Colors, [images, config.ContextLength], generator: generator);
            var mask = config.Objective == PretrainingObjective.Masked ? TokenMask.Draw(images, config.ContextLength, 0.3, row => (ulong)row) : null;
            value = backward(network, tokens, mask).item<float>();
            gradients = [.. network.parameters().SelectMany(p => p.grad?.data<float>().ToArray() ?? [])];
        });
        Assert.IsTrue(gradients.Any(gradient => gradient != 0));
        return (value, gradients);
    }
}
