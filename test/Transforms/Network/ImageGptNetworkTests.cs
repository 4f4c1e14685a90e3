using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Network;

[TestClass]
[EveryRegisterWidth]
public sealed class ImageGptNetworkTests
{
    private const double Tolerance = 1e-5;

    private readonly torch.Generator _generator = new(5);

    [TestMethod]
    public void Loss_Untrained_IsTheLogarithmOfTheColors()
    {
        foreach (var config in (ImageGptConfig[])[TinyImageGpt.Config, TinyImageGpt.Config with { Colors = 512 }])
        {
            using var scope = torch.NewDisposeScope();
            using var network = new ImageGptNetwork(config, _generator);
            Assert.AreEqual(Math.Log(config.Colors), network.Loss(Tokens(3, config)).item<float>(), 1e-6);
        }
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void NegativeLogLikelihood_OfImages_IsThatOfTheFormulas(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize));
        var tokens = Tokens(3);
        var plain = new PlainImageGpt(network);
        double[] expected = [.. Enumerable.Range(0, 3).SelectMany(row => plain.NegativeLogLikelihood(Ids(tokens, row)))];
        GradientModes.CheckBoth(() =>
        {
            AssertClose(expected, Doubles(network.NegativeLogLikelihood(tokens)));
            Assert.AreEqual(expected.Average(), network.Loss(tokens).item<float>(), Tolerance * expected.Average());
        });
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Features_OfEveryLayer_AreThoseOfTheFormulas(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize) with { Layers = 3 });
        var tokens = Tokens(2);
        var plain = new PlainImageGpt(network);
        var layers = Enumerable.Range(0, 2).Select(row => plain.Representations(Ids(tokens, row)).Select(Means).ToList());
        double[] expected = [.. layers.SelectMany(layer => (double[])[.. layer[3], .. layer[0], .. layer[2], .. layer[1], .. layer[0]])];
        GradientModes.CheckBoth(() => AssertClose(expected, Doubles(network.Features(tokens, [3, 0, 2, 1, 0]).reshape(-1))));

        static double[] Means(double[][] positions) => [.. Enumerable.Range(0, positions[0].Length).Select(j => positions.Average(position => position[j]))];
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Features_OfALayer_DoNotDependOnDeeperLayers(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize) with { Layers = 4 });
        var tokens = Tokens(2);
        var before = Doubles(network.Features(tokens, [0, 1, 2]).reshape(-1));
        var deepest = Doubles(network.Features(tokens, [3]).reshape(-1));
        foreach (var (name, weight) in network.state_dict())
        {
            if (name.StartsWith("transformer.h.2.attn", StringComparison.Ordinal) || name.StartsWith("transformer.h.3", StringComparison.Ordinal)
                || name.StartsWith("transformer.ln_f", StringComparison.Ordinal))
            {
                weight.add_(1);
            }
        }

        CollectionAssert.AreEqual(before, Doubles(network.Features(tokens, [0, 1, 2]).reshape(-1)));
        CollectionAssert.AreNotEqual(deepest, Doubles(network.Features(tokens, [3]).reshape(-1)));
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Features_OfALayer_RunNoDeeperBlock(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize));
        var tokens = Tokens(2);
        network.state_dict()["transformer.h.1.attn.c_attn.weight"].Dispose();
        Assert.AreEqual(2, network.Features(tokens, [0, 1]).shape[1]);
        Assert.ThrowsExactly<InvalidOperationException>(() => network.Features(tokens, [2]), "Only the last layer needs the block that is gone.");
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Features_InBatchesOrAlone_AreTheSame(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize));
        var tokens = Tokens(7);
        GradientModes.CheckBoth(() =>
        {
            var together = network.Features(tokens, [1, 2]);
            for (var row = 0; row < 7; row++)
            {
                AssertClose(Doubles(together[row].reshape(-1)), Doubles(network.Features(tokens.narrow(0, row, 1), [1, 2]).reshape(-1)));
            }
        });
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Forward_OneTokenChanged_ChangesTheLogitsAfterItOnly(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize));
        var tokens = Tokens(1);
        GradientModes.CheckBoth(() =>
        {
            var before = network.forward(tokens);
            for (var changed = 0; changed < 16; changed++)
            {
                var other = tokens.clone();
                other[0, changed] = (tokens[0, changed] + 1) % 8;
                var after = network.forward(other);
                for (var position = 0; position < 16; position++)
                {
                    Assert.AreEqual(position <= changed, before[0, position].Equals(after[0, position]), $"Token {changed} changed: logits at {position}.");
                }
            }
        });
    }

    [TestMethod]
    public void Construct_SameSeed_GivesTheSameWeights()
    {
        using var first = TinyImageGpt.CreateNetwork(TinyImageGpt.Config, seed: 4);
        using var second = TinyImageGpt.CreateNetwork(TinyImageGpt.Config, seed: 4);
        using var other = TinyImageGpt.CreateNetwork(TinyImageGpt.Config, seed: 5);
        foreach (var (name, weight) in first.state_dict())
        {
            Assert.IsTrue(weight.Equals(second.state_dict()[name]), name);
            Assert.IsFalse(weight.Equals(other.state_dict()[name]), name);
        }
    }

    [TestMethod]
    public void Construct_Weights_HaveTheSpreadOfTheReleasedCode()
    {
        using var scope = torch.NewDisposeScope();
        var config = ImageGptConfig.Tiny with { EmbeddingSize = 128, Layers = 2 };
        using var network = new ImageGptNetwork(config, _generator);
        var weights = network.state_dict();
        AssertSpread(0.02, "transformer.wte.weight");
        AssertSpread(0.01, "transformer.wpe.weight");
        AssertSpread(0, "lm_head.weight");
        for (var l = 0; l < config.Layers; l++)
        {
            AssertSpread(1 / Math.Sqrt(128), $"transformer.h.{l}.attn.c_attn.weight");
            AssertSpread(1 / Math.Sqrt(128 * 2), $"transformer.h.{l}.attn.c_proj.weight");
            AssertSpread(0.02, $"transformer.h.{l}.mlp.c_fc.weight");
            AssertSpread(0.02, $"transformer.h.{l}.mlp.c_proj.weight");
            Assert.IsTrue(weights[$"transformer.h.{l}.ln_1.weight"].Equals(torch.ones(128)));
        }

        void AssertSpread(double expected, string name)
        {
            Assert.AreEqual(expected, weights[name].std().item<float>(), 0.03 * expected, name);
            Assert.AreEqual(0, weights[name].mean().item<float>(), 0.03 * expected, name);
        }
    }

    [TestMethod]
    public void StateDict_OfTiny_HasTheApprovedNamesAndShapes()
    {
        using var network = new ImageGptNetwork(ImageGptConfig.Tiny);
        var listing = string.Concat(network.state_dict().Select(w => $"{w.Key} [{string.Join(", ", w.Value.shape)}]\n").Order(StringComparer.Ordinal));
        Assert.AreEqual(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Data", "state-dicts", "tiny.txt")), listing);
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void EveryForward_LeavesItsResultOnly(int headSize)
    {
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize));
        using var tokens = Tokens(2);
        foreach (var forward in (Func<torch.Tensor>[])[() => network.forward(tokens), () => network.Loss(tokens), () => network.LogitsOfIds(tokens), ()
            => network.NegativeLogLikelihood(tokens), () => network.Features(tokens, [1, 0, 2])])
        {
            GradientModes.CheckBoth(() =>
            {
                torch.Tensor? result = null;
                Assert.AreEqual(1, LiveTensors.CountLeft(() => result = forward()));
                result!.Dispose();
            });
        }
    }

    private static double[] Doubles(torch.Tensor values) => [.. values.data<float>().Select(v => (double)v)];

    private static int[] Ids(torch.Tensor tokens, int row) => [.. tokens[row].data<long>().Select(t => (int)t)];

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        var allowed = Tolerance * expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], allowed, $"Value {i}.");
        }
    }

    private torch.Tensor Tokens(int rows, ImageGptConfig? config = null)
        => torch.randint(0, (config ?? TinyImageGpt.Config).Colors, [rows, 16], torch.ScalarType.Int64, generator: _generator);
}
