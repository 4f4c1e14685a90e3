using IGptMl.FineTuning;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Network;
using TorchSharp;

namespace IGptMl.Tests.FineTuning;

/// <summary>Compares the joint loss and its gradients with the formulas of <see cref="PlainImageGpt"/>, in double precision.</summary>
[TestClass]
public sealed class ClassifierNetworkTests
{
    private const int Classes = 3;
    private const double Step = 2e-4;
    private const double Tolerance = 2e-4;
    private const double GenerativeWeight = 0.5;

    private static readonly int[] Labels = [2, 0];

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, 4)]
    [DataRow(PretrainingObjective.Autoregressive, 16)]
    [DataRow(PretrainingObjective.Autoregressive, 32)]
    [DataRow(PretrainingObjective.Masked, 4)]
    [DataRow(PretrainingObjective.Masked, 16)]
    [DataRow(PretrainingObjective.Masked, 32)]
    public void Backward_Gradients_AreThoseOfFiniteDifferences(PretrainingObjective objective, int headSize)
    {
        using var scope = torch.NewDisposeScope();
        using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.ConfigOf(headSize) with { Objective = objective });
        using var classifier = new ClassifierNetwork(network, Classes, torch.CPU);
        var head = classifier.named_parameters().Single(p => p.name == "score.weight").parameter;
        using (torch.no_grad())
        {
            using var generator = new torch.Generator(7);
            head.normal_(0, 0.5, generator);
        }

        var tokens = torch.tensor(Enumerable.Range(0, 2).SelectMany(row => TokenRows.Keys(row).Select(key => key - 1L)).ToArray(), [2, TokenRows.Context]);
        var mask = objective == PretrainingObjective.Masked ? TokenMask.Draw(2, TokenRows.Context, 0.3, row => (ulong)row) : null;
        var targets = torch.tensor(Labels.Select(label => (long)label).ToArray());
        var loss = classifier.Backward(tokens, mask, (logits, generative) => torch.nn.functional.cross_entropy(logits, targets)
            + (generative() * GenerativeWeight));
        Assert.AreEqual(PlainLoss(network, head, tokens, mask), loss.item<float>(), 1e-5);
        foreach (var (name, parameter) in classifier.named_parameters())
        {
            var gradient = parameter.grad!.data<float>().ToArray();
            var largest = Enumerable.Range(0, gradient.Length).MaxBy(i => Math.Abs(gradient[i]));
            foreach (var i in (int[])[largest, gradient.Length / 2])
            {
                Assert.AreEqual(Slope(parameter, i, () => PlainLoss(network, head, tokens, mask)), gradient[i],
                    Tolerance * Math.Max(1, Math.Abs(gradient[largest])), $"{name}[{i}]");
            }
        }
    }

    [TestMethod]
    public void Logits_NewHead_AreZero()
    {
        using var scope = torch.NewDisposeScope();
        using var classifier = new ClassifierNetwork(TinyImageGpt.CreateNetwork(TinyImageGpt.Config), Classes, torch.CPU);
        var logits = classifier.Logits(torch.zeros(2, TokenRows.Context, torch.int64), null);
        CollectionAssert.AreEqual(new float[2 * Classes], logits.data<float>().ToArray());
    }

    /// <summary>The central difference of the loss with respect to a weight, divided by the step that single precision actually made.</summary>
    private static double Slope(torch.Tensor weights, int index, Func<double> loss)
    {
        using var noGradients = torch.no_grad();
        using var flat = weights.view(-1);
        var original = flat[index].item<float>();
        var (low, high) = ((float)(original - Step), (float)(original + Step));
        flat[index] = torch.tensor(high);
        var above = loss();
        flat[index] = torch.tensor(low);
        var below = loss();
        flat[index] = torch.tensor(original);
        return (above - below) / (high - (double)low);
    }

    private static double PlainLoss(ImageGptNetwork network, torch.Tensor head, torch.Tensor tokens, TokenMask? mask)
    {
        var plain = new PlainImageGpt(network);
        var d = network.Config.EmbeddingSize;
        var weights = head.data<float>().ToArray();
        double sum = 0;
        for (var row = 0; row < Labels.Length; row++)
        {
            var ids = tokens[row].data<long>().Select(token => (int)token).ToArray();
            var hidden = mask?[row].ToArray();
            var losses = hidden is null ? plain.NegativeLogLikelihood(ids) : [.. plain.NegativeLogLikelihood(ids, hidden).Where((_, i) => hidden[i])];
            var last = plain.Representations(ids, hidden)[^1];
            var mean = Enumerable.Range(0, d).Select(j => last.Average(position => position[j])).ToArray();
            var logits = Enumerable.Range(0, Classes).Select(c => mean.Select((x, j) => x * weights[(c * d) + j]).Sum()).ToArray();
            sum += Math.Log(logits.Sum(Math.Exp)) - logits[Labels[row]] + (GenerativeWeight * losses.Average());
        }

        return sum / Labels.Length;
    }
}
