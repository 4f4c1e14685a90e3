using IGptMl.Cli.Output;
using IGptMl.Completion;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Completion;

[TestClass]
[EveryRegisterWidth]
public sealed class SamplerTests
{
    private static readonly ImageGptConfig Config = TinyImageGpt.Config;

    [TestMethod]
    [DataRow("tiny", true)]
    [DataRow("tiny", false)]
    [DataRow("small", true)]
    [DataRow("small", false)]
    [DataRow("wide-heads/heads32", true)]
    [DataRow("wide-heads/heads32", false)]
    [DataRow("wide-heads/heads64", true)]
    [DataRow("wide-heads/heads64", false)]
    public void Fill_SecondHalfGreedy_IsTheReferences(string name, bool cpu)
    {
        using var reference = new ReferenceModel(name);
        var context = reference.Config.ContextLength;
        var tokens = Array.ConvertAll(reference.Tokens.data<long>().ToArray(), token => (ushort)token);
        for (var row = 0; row < 3; row++)
        {
            tokens.AsSpan((row * context) + (context / 2), context / 2).Clear();
        }

        var executor = cpu ? Kernels(reference.Network) : ImageGptExecutor.OfModules(reference.Network, torch.CPU);
        new Sampler(executor, new SamplingOptions { Temperature = 0 }).Fill(tokens, new ulong[3], Kept(context, context / 2));
        var actual = Enumerable.Range(0, 3).SelectMany(row
            => tokens.AsSpan((row * context) + (context / 2), context / 2).ToArray().Select(token => (long)token)).ToArray();
        CollectionAssert.AreEqual(reference.Integers("greedy_second_half"), actual);
    }

    [TestMethod]
    public void Fill_AnyBatchAndEitherWay_DependsOnThePicturesSeedAlone()
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        ulong[] seeds = [.. Enumerable.Range(0, 50).Select(i => (ulong)(i % 49))];
        var together = Draw(Kernels(network), seeds);
        CollectionAssert.AreEqual(together, Draw(ImageGptExecutor.OfModules(network, torch.CPU), seeds));
        CollectionAssert.AreEqual(together, Draw(Kernels(network), seeds));
        CollectionAssert.AreEqual(together[16..32], Draw(Kernels(network), [1]));
        CollectionAssert.AreEqual(together[..16], together[^16..], "Seed 0 again");
        Assert.AreEqual(49, together.Chunk(16).Select(picture => string.Join(' ', picture)).Distinct().Count());
    }

    [TestMethod]
    public void Fill_KeptPositions_AreKeptAndSeen()
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        bool[] kept = [.. Enumerable.Range(0, 16).Select(i => i is 2 or 3 or 9)];
        var (first, second) = (Complete(1), Complete(6));
        Assert.IsTrue(first.All(picture => picture[2] == 1 && picture[3] == 1 && picture[9] == 1));
        Assert.IsTrue(second.All(picture => picture[2] == 6 && picture[3] == 6 && picture[9] == 6));
        CollectionAssert.AreEqual(first.SelectMany(picture => picture[..2]).ToArray(), second.SelectMany(picture => picture[..2]).ToArray(),
            "What is before is drawn from the same probabilities.");
        CollectionAssert.AreNotEqual(first.SelectMany(picture => picture[4..9]).ToArray(), second.SelectMany(picture => picture[4..9]).ToArray(),
            "What is after has seen it.");

        List<ushort[]> Complete(ushort token)
        {
            const int rows = 40;
            ushort[] tokens = [.. Enumerable.Repeat(token, rows * 16)];
            new Sampler(Kernels(network), new SamplingOptions()).Fill(tokens, Enumerable.Range(0, rows).Select(i => (ulong)i).ToArray(), kept);
            return [.. tokens.Chunk(16)];
        }
    }

    [TestMethod]
    public void Fill_ManyPictures_HaveTheModelsProbabilities()
    {
        // 2x2 pixels of 5 colors: all 25 prefixes of two tokens, with their exact probabilities.
        var config = new ImageGptConfig { ImageSize = 2, Colors = 5, EmbeddingSize = 8, Layers = 2, Heads = 2 };
        const int draws = 20_000;
        using var network = TinyImageGpt.CreateNetwork(config, seed: 4);
        var tokens = new ushort[draws * 4];
        new Sampler(Kernels(network), new SamplingOptions { Temperature = 0.8 }).Fill(tokens, Enumerable.Range(0, draws).Select(i => (ulong)i).ToArray(),
            Kept(4, 0));

        ushort[] beginnings = [.. Enumerable.Range(0, 25).SelectMany(i => (ushort[])[(ushort)(i / 5), (ushort)(i % 5), 0, 0])];
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var logs = (network.forward(TokenTensor.Create(beginnings, 25, torch.CPU)) / 0.8).log_softmax(-1); // (25, 4, 5)
        var (squares, cells) = (0.0, 0);
        for (var i = 0; i < 25; i++)
        {
            var expected = draws * Math.Exp(logs[i, 0, i / 5].ToSingle() + logs[i, 1, i % 5].ToSingle());
            var found = tokens.Chunk(4).Count(picture => picture[0] == i / 5 && picture[1] == i % 5);
            squares += Math.Pow(found - expected, 2) / expected;
            cells++;
        }

        Assert.AreEqual(25, cells);
        Assert.IsLessThan(51.18, squares, "The chi-square distribution of 24 degrees of freedom is above that once in a thousand times.");
        Assert.IsGreaterThan(6.0, squares, "… and below this once in ten thousand.");
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Fill_Canceled_Stops(bool several)
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        using var cancellation = new CancellationTokenSource();
        var last = default(SamplingProgress);
        var progress = new Reporter(p =>
        {
            last = p;
            cancellation.Cancel();
        });
        var sampler = new Sampler(Kernels(network), new SamplingOptions { CancellationToken = cancellation.Token, Progress = progress });
        var rows = several ? 100 : 1;
        Assert.Throws<OperationCanceledException>(() => sampler.Fill(new ushort[rows * 16], new ulong[rows], Kept(16, 0)));
        Assert.AreEqual(rows * 16, last.Total);
        Assert.IsLessThan(last.Total, last.Done);
    }

    [TestMethod]
    public void Fill_Done_ReportsAllTokens()
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        var reports = new List<SamplingProgress>();
        new Sampler(Kernels(network), new SamplingOptions { Progress = new Reporter(reports.Add) }).Fill(new ushort[40 * 16], new ulong[40], Kept(16, 4));
        Assert.AreEqual((40 * 12, 40 * 12, TimeSpan.Zero), (reports[^1].Done, reports[^1].Total, reports[^1].TimeLeft));
        Assert.IsGreaterThan(0, reports[^1].TokensPerSecond);
    }

    [TestMethod]
    public void Fill_WeightsThatAreNotNumbers_IsTold()
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        using (torch.no_grad())
        {
            network.parameters().First().fill_(float.NaN);
        }

        var sampler = new Sampler(Kernels(network), new SamplingOptions());
        Assert.Contains("logits are not finite", Assert.ThrowsExactly<InvalidOperationException>(()
            => sampler.Fill(new ushort[40 * 16], new ulong[40], Kept(16, 0))).Message);
    }

    [TestMethod]
    public void Fill_TokenProgress_GetsEachDrawnTokenOnce_InRasterOrderOfItsImage()
    {
        using var network = TinyImageGpt.CreateNetwork(Config);
        var (context, rows) = (Config.ContextLength, 9);
        var (tokens, kept) = (new ushort[rows * context], Kept(context, 3));
        var reports = new List<SampledToken>();
        var options = new SamplingOptions { TokenProgress = new Relay<SampledToken>(reports.Add) };
        new Sampler(Kernels(network), options).Fill(tokens, Enumerable.Range(0, rows).Select(i => (ulong)i).ToArray(), kept);
        Assert.HasCount(rows * (context - 3), reports);
        foreach (var image in reports.GroupBy(token => token.Image))
        {
            CollectionAssert.AreEqual(Enumerable.Range(3, context - 3).ToArray(), image.Select(token => token.Position).ToArray());
            CollectionAssert.AreEqual(tokens[((image.Key * context) + 3)..((image.Key + 1) * context)], image.Select(token => (ushort)token.Token).ToArray());
        }
    }

    private static ImageGptExecutor Kernels(ImageGptNetwork network) => ImageGptExecutor.Create(network, torch.CPU);

    private static ushort[] Draw(ImageGptExecutor executor, ulong[] seeds)
    {
        var tokens = new ushort[seeds.Length * Config.ContextLength];
        new Sampler(executor, new SamplingOptions()).Fill(tokens, seeds, Kept(Config.ContextLength, 0));
        return tokens;
    }

    private static bool[] Kept(int context, int first) => [.. Enumerable.Range(0, context).Select(i => i < first)];

    private sealed class Reporter(Action<SamplingProgress> report) : IProgress<SamplingProgress>
    {
        public void Report(SamplingProgress value) => report(value);
    }
}
