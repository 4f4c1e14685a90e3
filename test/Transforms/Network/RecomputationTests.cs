using IGptMl.Network;
using IGptMl.Optimization;
using IGptMl.Tests.Contracts;
using TorchSharp;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class RecomputationTests
{
    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 8)]
    [DataRow(PretrainingObjective.Masked, 8)]
    [DataRow(PretrainingObjective.Autoregressive, 32)] // a head size for which attention is our own
    public void Loss_Recomputed_HasTheSameValueAndGradientsBitForBit(PretrainingObjective objective, int size)
    {
        var config = TinyImageGpt.Config with { Objective = objective, EmbeddingSize = size, Layers = 3 };
        var (loss, gradients) = Learn(config, recomputes: false);
        var (again, gradientsAgain) = Learn(config, recomputes: true);
        Assert.AreEqual(loss, again);
        CollectionAssert.AreEqual(gradients, gradientsAgain);
        Assert.IsTrue(gradients.Any(g => g != 0));
    }

    [TestMethod]
    public void Train_RecomputedInParts_GivesTheSameWeightsBitForBit()
    {
        float[] Train(bool recomputes)
        {
            using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
            network.RecomputesBlocks = recomputes;
            new TrainingLoop(network, new ConstantSchedule(0.01, 3), 6, new TrainingSettings { Parts = 2, MaxGradientNorm = 0.1 }).Run(part => Loss(network, 3, (int)part.Step + part.Index), _ => { }, default);
            return [.. network.parameters().SelectMany(p => p.data<float>().ToArray())];
        }

        LiveTensors.AssertNoneLeft(() => CollectionAssert.AreEqual(Train(false), Train(true)));
    }

    [TestMethod]
    public void Loss_WithoutGradients_IsTheSame()
    {
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
        using var noGradients = torch.no_grad();
        double Value(bool recomputes)
        {
            network.RecomputesBlocks = recomputes;
            using var loss = Loss(network, 2, 1);
            return loss.item<float>();
        }

        Assert.AreEqual(Value(false), Value(true));
    }

    [TestMethod]
    public void Backward_Recomputed_KeepsNoActivationsOfTheBlocks()
    {
        // What a forward pass leaves alive beyond its result is what the backward pass needs. It is native memory, of which the input of each block alone remains.
        var config = TinyImageGpt.Config with { ImageSize = 32, EmbeddingSize = 64, Layers = 16 };
        var (kept, recomputed) = (Activations(config, recomputes: false), Activations(config, recomputes: true));
        Assert.IsLessThan(0.5 * kept, recomputed, "About a sixth; what else the process does shows, too.");
    }

    private static (float Loss, float[] Gradients) Learn(ImageGptConfig config, bool recomputes)
    {
        var (value, gradients) = (0f, Array.Empty<float>());
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope(); // for the gradients
            using var network = TinyImageGpt.CreateNetwork(config);
            network.RecomputesBlocks = recomputes;
            using var loss = Loss(network, 3, 1);
            loss.backward();
            value = loss.item<float>();
            gradients = [.. network.parameters().SelectMany(p => p.grad!.data<float>().ToArray())];
        });
        return (value, gradients);
    }

    private static torch.Tensor Loss(ImageGptNetwork network, int rows, int seed)
    {
        using var generator = new torch.Generator((ulong)seed);
        using var tokens = torch.randint(0, network.Config.Colors, [rows, network.Config.ContextLength], generator: generator);
        return network.Config.Objective == PretrainingObjective.Masked
            ? network.Loss(tokens, TokenMask.Draw(rows, network.Config.ContextLength, 0.3, row => (ulong)(row + seed)))
            : network.Loss(tokens);
    }

    /// <summary>The growth of the process's memory while the graph of a loss is alive.</summary>
    private static long Activations(ImageGptConfig config, bool recomputes)
    {
        using var network = TinyImageGpt.CreateNetwork(config);
        network.RecomputesBlocks = recomputes;
        var before = Resident();
        using var loss = Loss(network, 8, 1);
        return Resident() - before;

        static long Resident()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.WorkingSet;
        }
    }
}
