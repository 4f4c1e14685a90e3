using IGptMl.Optimization;
using IGptMl.Tests.Optimization;
using IGptMl.Tests.Processes;
using TorchSharp;

namespace IGptMl.Tests.Network;

/// <summary>
/// Compares the network with others on PyTorch, in single precision on the CPU. Errors are relative: the largest difference divided by the largest magnitude.
/// </summary>
[TestClass]
[EveryRegisterWidth]
public sealed class ReferenceParityTests(TestContext context)
{
    private const double ForwardTolerance = 1e-5;
    private const double TrainingTolerance = 1e-4;

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Forward_EveryValue_IsTheReferences(string name)
    {
        using var reference = new ReferenceModel(name);
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var (network, tokens) = (reference.Network, reference.Tokens);
        Compare(name, "logits", reference, network.forward(tokens));
        Compare(name, "logits_raw_ids", reference, network.LogitsOfIds(tokens));
        var losses = network.NegativeLogLikelihood(tokens);
        Compare(name, "logprob", reference, losses.neg());
        Compare(name, "nll_per_image", reference, losses.mean([1]));
        int[] layers = [.. Enumerable.Range(0, reference.Config.Layers + 1)];
        var features = network.Features(tokens, layers);
        foreach (var layer in layers)
        {
            Compare(name, $"features.{layer}", reference, features.select(1, layer).contiguous());
        }
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Backward_EveryGradient_IsTheReferences(string name)
    {
        CheckGradients(name, network => network.Network.Loss(network.Tokens).backward());
        CheckGradients(name, network => network.Network.Backward(network.Tokens)); // with the attention kernels if they support the head size
        CheckGradients(name, network =>
        {
            network.Network.RecomputesBlocks = true;
            network.Network.Backward(network.Tokens);
        });
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Adam_TenSteps_HaveTheReferencesLosses(string name)
    {
        using var reference = new ReferenceModel(name);
        var losses = new List<float>();
        var task = LossTask.OfBackward(reference.Network, () => reference.Network.Backward(reference.Tokens));
        new TrainingLoop(task, new ConstantSchedule(1e-3, 0, 10)).Run(step => losses.Add((float)step.Progress.Loss), default);
        Check(name, "adam_losses", reference.Values("adam_losses"), [.. losses], TrainingTolerance);
    }

    [TestMethod]
    [DynamicData(nameof(ReferenceModel.Names), typeof(ReferenceModel))]
    public void Greedy_SecondHalf_IsTheReferencesExactly(string name)
    {
        using var reference = new ReferenceModel(name);
        using var noGradients = torch.no_grad();
        var length = reference.Config.ContextLength;
        using var tokens = reference.Tokens.clone();
        using var given = tokens.narrow(1, length / 2, length / 2).zero_();
        for (var i = length / 2; i < length; i++)
        {
            using var scope = torch.NewDisposeScope();
            var next = reference.Network.forward(tokens.narrow(1, 0, i + 1)).select(1, i).argmax(1);
            tokens.select(1, i).copy_(next);
        }

        CollectionAssert.AreEqual(reference.Integers("greedy_second_half"), given.contiguous().data<long>().ToArray());
    }

    private void CheckGradients(string name, Action<ReferenceModel> backward)
    {
        using var reference = new ReferenceModel(name);
        using var scope = torch.NewDisposeScope();
        backward(reference);
        var worst = reference.Network.named_parameters()
            .Select(parameter => (parameter.name, Error: Error(reference.Values($"grad.{parameter.name}"), parameter.parameter.grad!.data<float>().ToArray())))
            .MaxBy(gradient => gradient.Error);
        context.WriteLine($"{name}: largest error of a gradient {worst.Error:E1}, of {worst.name}");
        Assert.IsLessThanOrEqualTo(TrainingTolerance, worst.Error, worst.name);
    }

    private static double Error(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        Assert.IsTrue(Array.TrueForAll(actual, float.IsFinite));
        return expected.Zip(actual, (e, a) => (double)MathF.Abs(e - a)).Max() / expected.Max(MathF.Abs);
    }

    private void Compare(string model, string name, ReferenceModel reference, torch.Tensor actual) =>
        Check(model, name, reference.Values(name), actual.data<float>().ToArray(), ForwardTolerance);

    private void Check(string model, string name, float[] expected, float[] actual, double tolerance)
    {
        var error = Error(expected, actual);
        context.WriteLine($"{model}: {name} {error:E1}");
        Assert.IsLessThanOrEqualTo(tolerance, error, name);
    }
}
