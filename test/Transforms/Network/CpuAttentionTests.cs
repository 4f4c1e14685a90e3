using IGptMl.Network;
using IGptMl.Tests.Contracts;
using static TorchSharp.torch;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class CpuAttentionTests
{
    [TestMethod]
    [DataRow(2, 64, 32, 2, true)]
    [DataRow(3, 225, 64, 1, true)]
    [DataRow(1, 33, 96, 6, true)]
    [DataRow(2, 1, 32, 1, true)]
    [DataRow(1, 1024, 64, 2, true)]
    [DataRow(2, 81, 192, 2, true)]
    [DataRow(2, 64, 32, 2, false)]
    [DataRow(1, 225, 96, 3, false)]
    public void Attend_OfProjections_HasTheValuesAndGradientsOfTheFormula(int images, int positions, int size, int heads, bool causal)
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            var projected = randn([images, positions, 3 * size], generator: generator);
            var above = randn([images, positions, size], generator: generator);
            Assert.IsTrue(CpuAttention.Supports(projected, heads));

            projected.requires_grad = true;
            var attended = CpuAttention.Attend(projected, heads, causal);
            attended.backward([above]);

            var wide = projected.detach().to(ScalarType.Float64).requires_grad_(true);
            var expected = Formula(wide, heads, causal);
            expected.backward([above.to(ScalarType.Float64)]);

            AssertClose(expected, attended, 2e-6);
            AssertClose(wide.grad!, projected.grad!, 5e-6);
        });
    }

    [TestMethod]
    public void Attend_WithoutGradients_GivesTheSameBits()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(2);
            var projected = randn([2, 49, 96], generator: generator).requires_grad_(true);
            var learning = CpuAttention.Attend(projected, 2, causal: true);
            using var _ = no_grad();
            Assert.IsTrue(learning.equal(CpuAttention.Attend(projected, 2, causal: true)).all().item<bool>());
        });
    }

    [TestMethod]
    public void Attend_Causal_LeavesNoTraceOfLaterPositions()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var _ = no_grad();
            using var generator = new Generator(3);
            var projected = randn([1, 70, 96], generator: generator);
            var before = CpuAttention.Attend(projected, 2, causal: true);
            projected.narrow(1, 40, 30).fill_(1e30f);
            var after = CpuAttention.Attend(projected, 2, causal: true);
            Assert.IsTrue(before.narrow(1, 0, 40).equal(after.narrow(1, 0, 40)).all().item<bool>());
        });
    }

    [TestMethod]
    public void Attend_OfGreatScores_DoesNotOverflow()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(4);
            var projected = (randn([1, 48, 96], generator: generator) * 300).requires_grad_(true);
            var attended = CpuAttention.Attend(projected, 2, causal: true);
            attended.sum().backward();
            Assert.IsTrue(attended.isfinite().all().item<bool>());
            Assert.IsTrue(projected.grad!.isfinite().all().item<bool>());
        });
    }

    [TestMethod]
    public void Supports_OtherInputs_IsFalse()
    {
        using var scope = NewDisposeScope();
        Assert.IsFalse(CpuAttention.Supports(zeros(1, 4, 3 * 12), 1), "a head of 12");
        Assert.IsFalse(CpuAttention.Supports(zeros([1, 4, 96], ScalarType.BFloat16), 1), "bfloat16");
        Assert.IsFalse(CpuAttention.Supports(zeros(1, 96, 4).transpose(1, 2), 1), "not contiguous");
    }

    /// <summary>softmax(Q Kᵀ / √size) V, as the paper writes it, for the layout (B, T, 3d).</summary>
    private static Tensor Formula(Tensor projected, int heads, bool causal)
    {
        var (b, t, d) = (projected.shape[0], projected.shape[1], projected.shape[2] / 3);
        var parts = projected.view(b, t, 3, heads, d / heads).permute(2, 0, 3, 1, 4);
        var scores = parts[0].matmul(parts[1].transpose(-2, -1)) / Math.Sqrt((double)d / heads);
        if (causal)
        {
            scores = scores.masked_fill(ones([t, t], ScalarType.Bool).triu(1), double.NegativeInfinity);
        }

        return scores.softmax(-1).matmul(parts[2]).transpose(1, 2).reshape(b, t, d);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        var scale = expected.abs().max().item<double>();
        var error = (expected - actual.to(ScalarType.Float64)).abs().max().item<double>() / scale;
        Assert.IsLessThan(tolerance, error);
    }
}
