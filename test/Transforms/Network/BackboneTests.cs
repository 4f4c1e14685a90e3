using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>The backward pass by blocks, with kept and with recomputed activations.</summary>
[TestClass]
public sealed class BackboneTests
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [EveryRegisterWidth]
    [DataRow(PretrainingObjective.Autoregressive, 8, 2)]
    [DataRow(PretrainingObjective.Masked, 8, 2)]
    [DataRow(PretrainingObjective.Autoregressive, 32, 2)] // heads of 16, and so on: all is computed in kernels
    [DataRow(PretrainingObjective.Autoregressive, 64, 2)]
    [DataRow(PretrainingObjective.Autoregressive, 128, 2)]
    [DataRow(PretrainingObjective.Masked, 32, 2)]
    [DataRow(PretrainingObjective.Masked, 64, 1)]
    public void Backward_KeptOrRecomputed_HasTheGradientsOfLibtorchsGraph(PretrainingObjective objective, int size, int heads)
    {
        var config = TinyImageGpt.Config with { Objective = objective, EmbeddingSize = size, Layers = 3, Heads = heads };
        var (loss, gradients) = Learn(config, (network, tokens, mask) =>
        {
            var value = network.Loss(tokens, mask);
            value.backward();
            return value;
        });
        var kept = Learn(config, (network, tokens, mask) => network.Backward(tokens, mask));
        var recomputed = Learn(config, (network, tokens, mask) =>
        {
            network.RecomputesBlocks = true;
            return network.Backward(tokens, mask);
        });
        Assert.AreEqual(kept.Loss, recomputed.Loss);
        CollectionAssert.AreEqual(kept.Gradients, recomputed.Gradients, "bit for bit");
        Assert.AreEqual(loss, kept.Loss, 1e-6 * loss);
        var error = gradients.Zip(kept.Gradients, (e, a) => (double)MathF.Abs(e - a)).Max() / gradients.Max(MathF.Abs);
        Assert.IsLessThan(Tolerance, error);
    }

    [TestMethod]
    public void Backward_Twice_AddsTheGradients()
    {
        var once = Learn(TinyImageGpt.Config, (network, tokens, mask) => network.Backward(tokens, mask));
        var twice = Learn(TinyImageGpt.Config, (network, tokens, mask) =>
        {
            network.Backward(tokens, mask);
            return network.Backward(tokens, mask);
        });
        CollectionAssert.AreEqual(once.Gradients.Select(gradient => 2 * gradient).ToArray(), twice.Gradients);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Backward_OfALossThatThrows_PassesTheExceptionOn(bool recomputes)
    {
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config with { EmbeddingSize = 32 });
        network.RecomputesBlocks = recomputes;
        LiveTensors.AssertNoneLeft(() =>
        {
            using var tokens = torch.zeros([2, 16], torch.ScalarType.Int64);
            var thrown = Assert.ThrowsExactly<InvalidDataException>(() => network.Backward(tokens, null, _ => throw new InvalidDataException("no loss")));
            Assert.AreEqual("no loss", thrown.Message);
        });
    }

    [TestMethod]
    public void Backward_Recomputed_KeepsNoActivationsOfTheBlocks()
    {
        // The tensors that are alive when the loss is computed are those for the backward pass: only the input of each block.
        var config = TinyImageGpt.Config with { ImageSize = 32, EmbeddingSize = 64, Layers = 16 };
        var (kept, recomputed) = (Activations(config, recomputes: false), Activations(config, recomputes: true));
        Assert.IsLessThan(0.5 * kept, recomputed, "About a sixth; what else the process does shows, too.");
    }

    [TestMethod]
    [EveryRegisterWidth]
    public void Read_InParts_HasTheLogitsOfAFullPass()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var noGradients = torch.no_grad();
            using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config with { EmbeddingSize = 64 });
            using var generator = new torch.Generator(1);
            var tokens = torch.randint(0, 8, [3, 16], torch.ScalarType.Int64, generator: generator);
            var expected = network.forward(tokens);
            var ids = torch.cat([torch.full([3, 1], 8, torch.ScalarType.Int64), tokens.narrow(1, 0, 15)], 1);
            using var cache = new KeyValueCache(network.Config, 4, torch.ScalarType.Float32, torch.CPU);
            network.Read(ids.narrow(1, 0, 5), cache, 0);
            network.Read(ids.narrow(1, 5, 3), cache, 5);
            for (var position = 8; position < 16; position++)
            {
                var difference = network.Predict(ids.narrow(1, position, 1), cache, position) - expected.select(1, position);
                Assert.IsLessThan(1e-5f * expected.abs().max().item<float>(), difference.abs().max().item<float>(), $"position {position}");
            }
        });
    }

    private static (float Loss, float[] Gradients) Learn(ImageGptConfig config, Func<ImageGptNetwork, torch.Tensor, TokenMask?, torch.Tensor> backward)
    {
        var (value, gradients) = (0f, Array.Empty<float>());
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope(); // for the gradients
            using var network = TinyImageGpt.CreateNetwork(config);
            using var generator = new torch.Generator(1);
            var tokens = torch.randint(0, config.Colors, [3, config.ContextLength], generator: generator);
            var mask = config.Objective == PretrainingObjective.Masked ? TokenMask.Draw(3, config.ContextLength, 0.3, row => (ulong)row) : null;
            value = backward(network, tokens, mask).item<float>();
            gradients = [.. network.parameters().SelectMany(p => p.grad!.data<float>().ToArray())];
        });
        Assert.IsTrue(gradients.Any(gradient => gradient != 0));
        return (value, gradients);
    }

    /// <summary>The growth of the process's memory until the loss is computed.</summary>
    private static long Activations(ImageGptConfig config, bool recomputes)
    {
        using var network = TinyImageGpt.CreateNetwork(config);
        network.RecomputesBlocks = recomputes;
        using var tokens = torch.zeros([8, config.ContextLength], torch.ScalarType.Int64);
        var (before, grown) = (Resident(), 0L);
        network.Backward(tokens, null, hidden =>
        {
            grown = Resident() - before;
            return network.LossOf(hidden, tokens, null);
        }).Dispose();
        return grown;

        static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.WorkingSet;
        }
    }
}
