using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Inference;

/// <summary>Compares decoding position by position, with both implementations, with full passes of the network.</summary>
[TestClass]
[EveryRegisterWidth]
public sealed class DecoderTests
{
    private const double Tolerance = 1e-5;

    /// <summary>A configuration in which no size is a multiple of a register or a panel.</summary>
    private static readonly ImageGptConfig Odd = new() { ImageSize = 7, Colors = 37, EmbeddingSize = 33, Layers = 3, Heads = 3 };

    [TestMethod]
    [DataRow("tiny", true)]
    [DataRow("tiny", false)]
    [DataRow("small", true)]
    [DataRow("small", false)]
    [DataRow("wide-heads/heads32", true)]
    [DataRow("wide-heads/heads32", false)]
    [DataRow("wide-heads/heads64", true)]
    [DataRow("wide-heads/heads64", false)]
    public void Predict_EveryPositionOfTheReference_IsTheReferences(string name, bool cpu)
    {
        using var reference = new ReferenceModel(name);
        var tokens = Array.ConvertAll(reference.Tokens.data<long>().ToArray(), token => (ushort)token);
        var actual = Decode(Create(reference.Network, cpu), reference.Config, tokens, 3, read: 0);
        AssertClose(reference.Values("logits"), actual);
    }

    [TestMethod]
    [DataRow(true, 0)]
    [DataRow(true, 1)]
    [DataRow(true, 40)]
    [DataRow(false, 0)]
    [DataRow(false, 40)]
    public void Predict_AfterReadingSome_IsTheFullPass(bool cpu, int read)
    {
        using var network = TinyImageGpt.CreateNetwork(Odd);
        var tokens = Tokens(Odd, 5);
        using var input = TokenTensor.Create(tokens, 5, torch.CPU);
        using var noGradients = torch.no_grad();
        using var full = network.forward(input).narrow(1, read, Odd.ContextLength - read).contiguous();
        AssertClose(full.data<float>().ToArray(), Decode(Create(network, cpu), Odd, tokens, 5, read));
    }

    [TestMethod]
    [RequiresKernels]
    public void Predict_OnTheCpu_IsTheSameInAnyBatchBitForBit()
    {
        using var network = TinyImageGpt.CreateNetwork(Odd);
        var executor = Create(network, cpu: true);
        var tokens = Tokens(Odd, 7);
        var together = Decode(executor, Odd, tokens, 7, read: 3);
        var values = together.Length / 7;
        for (var row = 0; row < 7; row++)
        {
            var alone = Decode(executor, Odd, tokens[(row * Odd.ContextLength)..((row + 1) * Odd.ContextLength)], 1, read: 0)[(3 * Odd.Colors)..];
            CollectionAssert.AreEqual(together[(row * values)..((row + 1) * values)], alone);
        }
    }

    [TestMethod]
    [RequiresKernels]
    public void Predict_OnTheCpu_TakesNoMemory()
    {
        using var network = TinyImageGpt.CreateNetwork(Odd);
        using var decoder = Create(network, cpu: true).CreateDecoder(2);
        var (tokens, logits) = (Tokens(Odd, 2), new float[2 * Odd.Colors]);
        decoder.Predict(tokens, 2, 0, logits);
        Assert.AreEqual(0, Allocations.Least(() =>
        {
            for (var position = 1; position < Odd.ContextLength; position++)
            {
                decoder.Predict(tokens, 2, position, logits);
            }
        }));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Decode_Done_LeavesNoTensors(bool cpu)
    {
        using var network = TinyImageGpt.CreateNetwork(Odd);
        LiveTensors.AssertNoneLeft(() => Decode(Create(network, cpu), Odd, Tokens(Odd, 2), 2, read: 5));
    }

    private static ImageGptExecutor Create(ImageGptNetwork network, bool cpu) => cpu ? ImageGptExecutor.Create(network, torch.CPU)
        : ImageGptExecutor.OfModules(network, torch.CPU);

    private static ushort[] Tokens(ImageGptConfig config, int rows)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, rows * config.ContextLength).Select(_ => (ushort)random.Next(config.Colors))];
    }

    /// <summary>The logits of the positions from <paramref name="read"/> on, (rows, T - read, K); earlier positions are read without prediction.</summary>
    private static float[] Decode(ImageGptExecutor executor, ImageGptConfig config, ushort[] tokens, int rows, int read)
    {
        using var decoder = executor.CreateDecoder(rows);
        var positions = config.ContextLength - read;
        var result = new float[rows * positions * config.Colors];
        var logits = new float[rows * config.Colors];
        decoder.Read(tokens, rows, 0, read / 2);
        decoder.Read(tokens, rows, read / 2, read);
        for (var i = 0; i < positions; i++)
        {
            decoder.Predict(tokens, rows, read + i, logits);
            for (var row = 0; row < rows; row++)
            {
                Array.Copy(logits, row * config.Colors, result, ((row * positions) + i) * config.Colors, config.Colors);
            }
        }

        return result;
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        var error = expected.Zip(actual, (e, a) => (double)MathF.Abs(e - a)).Max() / expected.Max(MathF.Abs);
        Assert.IsLessThanOrEqualTo(Tolerance, error);
    }
}
