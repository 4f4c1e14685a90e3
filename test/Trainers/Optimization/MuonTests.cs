using IGptMl.Optimization;
using IGptMl.Tests.Contracts;
using TorchSharp;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class MuonTests
{
    /// <summary>The polynomial brings singular values close to 1, and keeps the singular vectors (Jordan et al. 2024).</summary>
    [TestMethod]
    [DataRow(16, 16)]
    [DataRow(32, 128)]
    [DataRow(96, 96)]
    public void Orthogonalize_RandomMatrices_HaveSingularValuesNearOneAndTheSameSingularVectors(int rows, int columns)
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(1);
        var matrices = torch.randn([3, rows, columns], generator: generator);
        var result = Muon.Orthogonalize(matrices);
        var (u, _, vh) = torch.linalg.svd(matrices, fullMatrices: false);
        var turned = u.transpose(1, 2).matmul(result).matmul(vh.transpose(1, 2)); // diagonal, if the singular vectors are the same
        var values = turned.diagonal(0, 1, 2);
        Assert.IsLessThan(1.3f, values.max().item<float>());
        Assert.IsGreaterThan(rows == columns ? 0.0f : 0.6f, values.min().item<float>(), "A square matrix may have a singular value of almost zero.");
        Assert.IsGreaterThan(0.6f, values.median().item<float>());
        Assert.IsLessThan(1e-3f, (turned - torch.diag_embed(values)).abs().max().item<float>());
    }

    [TestMethod]
    public void Orthogonalize_ZeroMatrix_StaysZero()
    {
        using var zero = torch.zeros([1, 4, 8]);
        using var result = Muon.Orthogonalize(zero);
        CollectionAssert.AreEqual(new float[32], result.data<float>().ToArray());
    }

    /// <summary>The length of a step does not depend on that of the gradient, and grows with the root of outputs by inputs.</summary>
    [TestMethod]
    [DataRow(8, 8, 1, 1.0)]
    [DataRow(8, 32, 1, 2.0)]
    [DataRow(32, 8, 1, 1.0)]
    [DataRow(8, 24, 3, 1.0)]
    public void Step_Matrix_MovesByTheRateInEveryDirection(int rows, int columns, int parts, double factor)
    {
        using var scope = torch.NewDisposeScope();
        using var module = new Matrices(rows, columns);
        using var parameters = new FlatParameters(module, hidden: name => name == "hidden" ? parts : 0);
        using var muon = new Muon(parameters);
        var before = module.Hidden.clone();
        var embedding = module.Embedding.clone();
        using var generator = new torch.Generator(1);
        var gradient = torch.randn([rows, columns], generator: generator);
        parameters.View(parameters.Gradients, "hidden").copy_(gradient);
        parameters.View(parameters.Gradients, "embedding").fill_(1);
        muon.Step(rate: 0.1, gradientFactor: 123);

        var moved = (before - module.Hidden).chunk(parts, 1);
        foreach (var (move, direction) in moved.Zip(gradient.chunk(parts, 1)))
        {
            var values = torch.linalg.svdvals(move);
            Assert.AreEqual(0.1 * factor, values.median().item<float>(), 0.035 * factor, "About the rate in most directions.");
            Assert.IsLessThan((float)(0.13 * factor), values.max().item<float>());
            Assert.IsGreaterThan(0, (move * direction).sum().item<float>(), "Downhill.");
        }

        Assert.AreEqual(0f, parameters.View(parameters.Gradients, "hidden").abs().max().item<float>(), "The gradients are used up.");
        Assert.AreEqual(1f, parameters.View(parameters.Gradients, "embedding").min().item<float>(), "Other gradients are left alone.");
        Assert.IsTrue(embedding.Equals(module.Embedding));
    }

    /// <summary>Queries, keys and values are orthogonalized apart: a large gradient of one does not shrink the step of another.</summary>
    [TestMethod]
    public void Step_PartsOfUnequalGradients_MoveEqually()
    {
        using var scope = torch.NewDisposeScope();
        using var module = new Matrices(16, 48);
        using var parameters = new FlatParameters(module, hidden: name => name == "hidden" ? 3 : 0);
        using var muon = new Muon(parameters);
        var before = module.Hidden.clone();
        using var generator = new torch.Generator(2);
        var scales = torch.cat([torch.ones(16), torch.full(16, 1000f), torch.full(16, 0.001f)]);
        parameters.View(parameters.Gradients, "hidden").copy_(torch.randn([16, 48], generator: generator) * scales);
        muon.Step(rate: 0.1, gradientFactor: 1);
        float[] lengths = [.. (before - module.Hidden).chunk(3, 1).Select(move => move.norm().item<float>())];
        Assert.IsLessThan(1.2f, lengths.Max() / lengths.Min());
    }

    /// <summary>Without gradients, decay is all that moves the weights.</summary>
    [TestMethod]
    public void Step_WeightDecay_TakesAFractionOfTheRate()
    {
        using var scope = torch.NewDisposeScope();
        using var module = new Matrices(8, 8);
        using var parameters = new FlatParameters(module, hidden: name => name == "hidden" ? 1 : 0);
        using var muon = new Muon(parameters, weightDecay: 0.5);
        var before = module.Hidden.clone();
        muon.Step(0.1, 1); // no gradients: decay alone
        Assert.IsLessThan(1e-6f, ((before * 0.95f) - module.Hidden).abs().max().item<float>());
    }

    [TestMethod]
    public void Step_ManySteps_KeepTheMomentumOfThePast()
    {
        using var scope = torch.NewDisposeScope();
        using var module = new Matrices(8, 8);
        using var parameters = new FlatParameters(module, hidden: name => name == "hidden" ? 1 : 0);
        using var muon = new Muon(parameters);
        using var generator = new torch.Generator(3);
        var gradient = torch.randn([8, 8], generator: generator);
        parameters.View(parameters.Gradients, "hidden").copy_(gradient);
        muon.Step(0.1, 1);
        muon.Step(0.1, 1);
        muon.Step(0.1, 1);
        Assert.IsLessThan(1e-5f, (muon.Buffers[0].Values - (gradient.flatten() * (0.95f * 0.95f))).abs().max().item<float>());
    }

    /// <summary>Adam updates what is not hidden exactly as without Muon.</summary>
    [TestMethod]
    public void Optimizer_WithMuon_LeavesTheRestToAdam()
    {
        using var scope = torch.NewDisposeScope();
        using var one = new Matrices(8, 8);
        using var other = new Matrices(8, 8);
        using var all = new FlatParameters(one);
        using var split = new FlatParameters(other, hidden: name => name == "hidden" ? 1 : 0);
        using var adam = new Optimizer(all, weightDecay: 0.1);
        using var muon = new Optimizer(split, weightDecay: 0.1, muonRateFactor: 5);
        for (var step = 1; step <= 3; step++)
        {
            all.Gradients.fill_(step);
            split.Gradients.fill_(step);
            adam.Step(step, 0.01, 1);
            muon.Step(step, 0.01, 1);
        }

        Assert.IsTrue(one.Embedding.Equals(other.Embedding));
        Assert.IsTrue(one.Gain.Equals(other.Gain));
        Assert.IsFalse(one.Hidden.Equals(other.Hidden));
    }

    [TestMethod]
    public void Dispose_Optimizer_LeavesNoTensors() => LiveTensors.AssertNoneLeft(() =>
    {
        using var module = new Matrices(8, 24);
        using var parameters = new FlatParameters(module, hidden: name => name == "hidden" ? 3 : 0);
        using var optimizer = new Optimizer(parameters, weightDecay: 0.1, muonRateFactor: 5);
        optimizer.Step(1, 0.1, 1);
        optimizer.Step(2, 0.1, 0.5);
    });

    private sealed class Matrices : torch.nn.Module
    {
        internal Matrices(int rows, int columns)
            : base(nameof(Matrices))
        {
            using var generator = new torch.Generator(7);
            Embedding = new(torch.randn([5, 8], generator: generator));
            Hidden = new(torch.randn([rows, columns], generator: generator));
            Gain = new(torch.ones(8));
            register_parameter("embedding", Embedding);
            register_parameter("hidden", Hidden);
            register_parameter("gain", Gain);
        }

        internal TorchSharp.Modules.Parameter Embedding { get; }

        internal TorchSharp.Modules.Parameter Hidden { get; }

        internal TorchSharp.Modules.Parameter Gain { get; }
    }
}
