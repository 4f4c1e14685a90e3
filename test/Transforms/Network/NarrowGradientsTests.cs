using IGptMl.Network;
using IGptMl.Tests.Contracts;
using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>The gradients of a network that computes in bfloat16, which has 8 bits of precision, beside those of float32.</summary>
[TestClass]
public sealed class NarrowGradientsTests
{
    /// <summary>
    /// The bound of the relative error of each kind of parameter: |narrow - wide| / |wide|, by the Euclidean norm. Each is about twice what was measured. The
    /// lowest layers lose most, as their gradients pass through all others.
    /// </summary>
    private static readonly (string Part, double Bound)[] Bounds =
    [
        ("wte", 0.05),
        ("wpe", 0.08),
        ("ln_1", 0.06),
        ("c_attn", 0.05),
        ("weight", 0.03), // other gains and matrices, and the head
    ];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Backward_BFloat16_HasEveryGradientOfFloat32()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            var config = new ImageGptConfig { ImageSize = 16, Colors = 16, EmbeddingSize = 64, Layers = 2, Heads = 2 }; // each color occurs some 500 times
            var (wide, narrow) = (Gradients(config, torch.ScalarType.Float32), Gradients(config, torch.ScalarType.BFloat16));
            foreach (var (name, expected) in wide)
            {
                var error = ((narrow[name] - expected).norm() / expected.norm()).item<float>();
                TestContext.WriteLine($"{name}: {error:P2}");
                Assert.IsLessThan(Bounds.First(bound => name.Contains(bound.Part, StringComparison.Ordinal)).Bound, error, name);
            }
        });
    }

    private static Dictionary<string, torch.Tensor> Gradients(ImageGptConfig config, torch.ScalarType type)
    {
        using var network = TinyImageGpt.CreateNetwork(config);
        network.to(type);
        using var generator = new torch.Generator(1);
        using var tokens = torch.randint(0, config.Colors, [32, config.ContextLength], torch.ScalarType.Int64, generator: generator);
        network.Backward(tokens).Dispose();
        return network.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.to(torch.ScalarType.Float32));
    }

    /// <summary>A row that occurs often has the sum of all its gradients. Added in bfloat16, ones would end at 256.</summary>
    [TestMethod]
    public void Rows_BFloat16_SumTheirGradientsInFloat32()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var generator = new torch.Generator(1);
            using var table = new EmbeddingTable(2, 8, 0.02, generator);
            table.to(torch.ScalarType.BFloat16);
            Assert.AreEqual(torch.ScalarType.BFloat16, table.Weight.dtype);
            table.Rows(torch.zeros([16, 128], torch.ScalarType.Int64)).sum().backward();
            var gradient = table.Weight.grad!.to(torch.ScalarType.Float32);
            Assert.AreEqual(2048f, gradient[0].min().item<float>());
            Assert.AreEqual(0f, gradient[1].abs().max().item<float>());
        });
    }
}
