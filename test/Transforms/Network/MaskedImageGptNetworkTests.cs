using System.Runtime.InteropServices;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Network;

[TestClass]
[EveryRegisterWidth]
public sealed class MaskedImageGptNetworkTests
{
    private const double Tolerance = 1e-5;

    private static readonly ImageGptConfig Config = ConfigOf(4);

    private readonly torch.Generator _generator = new(5);

    [TestMethod]
    public void Loss_Untrained_IsTheLogarithmOfTheColors()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var config in (ImageGptConfig[])[Config, Config with { Colors = 512 }])
        {
            using var network = new ImageGptNetwork(config, _generator);
            Assert.AreEqual(Math.Log(config.Colors), network.Loss(Tokens(3), Mask(3)).item<float>(), 1e-6);
        }
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void NegativeLogLikelihood_OfHiddenTokens_IsThatOfTheFormulas(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(ConfigOf(headSize));
        var (tokens, mask) = (Tokens(3), Mask(3));
        var means = new List<double>();
        var expected = new List<double>();
        var plain = new PlainImageGpt(network);
        for (var row = 0; row < 3; row++)
        {
            var hidden = mask[row].ToArray();
            var losses = plain.NegativeLogLikelihood(Ids(tokens, row), hidden).Where((_, i) => hidden[i]).ToList();
            expected.AddRange(losses);
            means.Add(losses.Average());
        }

        Assert.AreNotEqual(expected.Average(), means.Average(), 1e-3, "Images with other numbers of hidden tokens tell the two means apart.");
        GradientModes.CheckBoth(() =>
        {
            AssertClose([.. expected], Doubles(network.NegativeLogLikelihood(tokens, mask)));
            Assert.AreEqual(means.Average(), network.Loss(tokens, mask).item<float>(), Tolerance * means.Average());
        });
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(16)]
    public void Loss_Gradients_AreTheSlopesOfTheFormulas(int headSize)
    {
        const float step = 1 / 256f;
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(ConfigOf(headSize));
        var (tokens, mask) = (Tokens(2), Mask(2));
        network.Loss(tokens, mask).backward();
        var random = new Random(1);
        foreach (var (name, weight) in network.named_parameters())
        {
            var gradient = weight.grad!.data<float>().ToArray();
            var tolerance = 1e-3 * gradient.Max(Math.Abs);
            for (var n = 0; n < 3; n++)
            {
                var i = random.Next(gradient.Length);
                Assert.AreEqual((LossWith(weight, i, step) - LossWith(weight, i, -step)) / (2 * step), gradient[i], tolerance, $"{name}[{i}]");
            }
        }

        double LossWith(torch.Tensor weight, int i, float change)
        {
            var values = MemoryMarshal.Cast<byte, float>(weight.bytes);
            var before = values[i];
            values[i] += change;
            var plain = new PlainImageGpt(network);
            values[i] = before;
            return Enumerable.Range(0, 2).Average(row =>
            {
                var hidden = mask[row].ToArray();
                return plain.NegativeLogLikelihood(Ids(tokens, row), hidden).Where((_, position) => hidden[position]).Average();
            });
        }
    }

    [TestMethod]
    [DataRow(4, true)]
    [DataRow(4, false)]
    [DataRow(16, true)]
    [DataRow(32, true)]
    [DataRow(32, false)]
    [DataRow(64, true)]
    public void Features_OfEveryLayer_AreThoseOfTheFormulas(int headSize, bool hides)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(ConfigOf(headSize) with { Layers = 3 });
        var (tokens, mask) = (Tokens(2), hides ? Mask(2) : null);
        var plain = new PlainImageGpt(network);
        var layers = Enumerable.Range(0, 2).Select(row => plain.Representations(Ids(tokens, row), mask?[row].ToArray()).Select(Means).ToList());
        double[] expected = [.. layers.SelectMany(layer => (double[])[.. layer[3], .. layer[0], .. layer[2], .. layer[1]])];
        GradientModes.CheckBoth(() => AssertClose(expected, Doubles(network.Features(tokens, [3, 0, 2, 1], mask).reshape(-1))));

        static double[] Means(double[][] positions) => [.. Enumerable.Range(0, positions[0].Length).Select(j => positions.Average(position => position[j]))];
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void Logits_OneTokenChanged_ChangeEverywhereIfItIsShownAndNowhereIfItIsHidden(int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(ConfigOf(headSize));
        var (tokens, mask) = (Tokens(1), Mask(1));
        GradientModes.CheckBoth(() =>
        {
            var before = network.Logits(tokens, mask);
            for (var changed = 0; changed < 16; changed++)
            {
                var other = tokens.clone();
                other[0, changed] = (tokens[0, changed] + 1) % 8;
                var after = network.Logits(other, mask);
                for (var position = 0; position < 16; position++)
                {
                    Assert.AreEqual(mask[0][changed], before[0, position].Equals(after[0, position]), $"Token {changed} changed: logits at {position}.");
                }
            }
        });
    }

    [TestMethod]
    public void Loss_RowsWithoutHiddenTokens_AreLeftOut()
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(Config);
        var tokens = Tokens(3);
        var mask = Mask(3);
        var halfEmpty = new TokenMask([.. new bool[16], .. mask[1], .. new bool[16]], 3);
        Assert.AreEqual(network.Loss(tokens.narrow(0, 1, 1), new TokenMask(mask[1].ToArray(), 1)).item<float>(),
            network.Loss(tokens, halfEmpty).item<float>(), 1e-6);

        using var nothing = network.Loss(tokens, new TokenMask(new bool[48], 3));
        nothing.backward();
        Assert.AreEqual(0, nothing.item<float>());
        Assert.IsTrue(network.parameters().All(weight => weight.grad is not { } gradient || gradient.count_nonzero().item<long>() == 0));
    }

    [TestMethod]
    public void EveryForward_OfTheOtherObjective_IsRefused()
    {
        using var scope = torch.NewDisposeScope();
        using var masked = TinyImageGpt.CreateNetwork(Config);
        using var autoregressive = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
        var (tokens, mask) = (Tokens(1), Mask(1));
        foreach (var forward in (Func<torch.Tensor>[])[() => masked.forward(tokens), () => masked.Loss(tokens), () => masked.LogitsOfIds(tokens), ()
            => masked.NegativeLogLikelihood(tokens)])
        {
            Assert.AreEqual("The model is a masked (BERT) one; an autoregressive model is required.",
                Assert.ThrowsExactly<InvalidOperationException>(() => forward()).Message);
        }

        foreach (var forward in (Func<torch.Tensor>[])[() => autoregressive.Logits(tokens, mask), () => autoregressive.Logits(tokens, null), ()
            => autoregressive.Loss(tokens, mask), () => autoregressive.NegativeLogLikelihood(tokens, mask)])
        {
            Assert.AreEqual("The model is an autoregressive one; a masked (BERT) model is required.",
                Assert.ThrowsExactly<InvalidOperationException>(() => forward()).Message);
        }

        Assert.AreEqual("An autoregressive model does not support masks.",
            Assert.ThrowsExactly<InvalidOperationException>(() => autoregressive.Features(tokens, [1], mask)).Message);
    }

    [TestMethod]
    [DynamicData(nameof(TinyImageGpt.HeadSizes), typeof(TinyImageGpt))]
    public void EveryForward_LeavesItsResultOnly(int headSize)
    {
        using var network = TinyImageGpt.CreateNetwork(ConfigOf(headSize));
        using var tokens = Tokens(2);
        var mask = Mask(2);
        foreach (var forward in (Func<torch.Tensor>[])[() => network.Logits(tokens, mask), () => network.Logits(tokens, null), ()
            => network.Loss(tokens, mask), () => network.NegativeLogLikelihood(tokens, mask), () => network.Features(tokens, [1, 0, 2], mask)])
        {
            GradientModes.CheckBoth(() =>
            {
                torch.Tensor? result = null;
                Assert.AreEqual(1, LiveTensors.CountLeft(() => result = forward()));
                result!.Dispose();
            });
        }
    }

    [TestMethod]
    public void Construct_Masked_HasNoStart()
    {
        using var network = new ImageGptNetwork(Config);
        CollectionAssert.AreEqual((long[])[8, 8], network.state_dict()["transformer.wte.weight"].shape);
        CollectionAssert.AreEqual(new ImageGptNetwork(TinyImageGpt.Config).state_dict().Keys.ToArray(), network.state_dict().Keys.ToArray());
    }

    private static ImageGptConfig ConfigOf(int headSize) => TinyImageGpt.ConfigOf(headSize) with { Objective = PretrainingObjective.Masked };

    private static TokenMask Mask(int rows) => TokenMask.Draw(rows, 16, 0.3, row => (ulong)row + 1);

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

    private torch.Tensor Tokens(int rows) => torch.randint(0, Config.Colors, [rows, 16], torch.ScalarType.Int64, generator: _generator);
}
