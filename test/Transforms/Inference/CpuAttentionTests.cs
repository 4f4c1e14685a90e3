using IGptMl.Inference;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using static TorchSharp.torch;

namespace IGptMl.Tests.Inference;

[TestClass]
[EveryRegisterWidth]
public sealed class CpuAttentionTests
{
    private static IAttentionKernel[] Kernels => [.. Widths.Select(AttentionKernels.Create)];

    private static int[] Widths => RegisterWidth.Widest switch { 512 => [256, 512], 256 => [256], _ => [] };

    [TestMethod]
    [RequiresKernels]
    [DataRow(2, 64, 32, 2, true)]
    [DataRow(3, 225, 64, 1, true)]
    [DataRow(1, 33, 96, 6, true)]
    [DataRow(2, 1, 32, 1, true)]
    [DataRow(1, 1024, 64, 2, true)]
    [DataRow(2, 81, 192, 2, true)]
    [DataRow(2, 64, 32, 2, false)]
    [DataRow(1, 225, 96, 3, false)]
    public void Forward_AndBackward_HaveTheValuesAndGradientsOfTheFormula(int images, int positions, int size, int heads, bool causal)
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(1);
            var projected = randn([images, positions, 3 * size], generator: generator);
            var above = randn([images, positions, size], generator: generator);
            var wide = projected.to(ScalarType.Float64).requires_grad_(true);
            var expected = Formula(wide, heads, causal);
            expected.backward([above.to(ScalarType.Float64)]);
            foreach (var kernel in Kernels)
            {
                Assert.IsTrue(kernel.Supports(projected, heads));
                var (attended, logSums) = kernel.Forward(projected, heads, causal);
                AssertClose(expected, attended, 2e-6);
                AssertClose(wide.grad!, kernel.Backward(projected, attended, above, logSums, heads, causal), 5e-6);
            }
        });
    }

    [TestMethod]
    [RequiresKernels]
    public void Forward_Causal_LeavesNoTraceOfLaterPositions()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(3);
            foreach (var kernel in Kernels)
            {
                var projected = randn([1, 70, 96], generator: generator);
                var before = kernel.Forward(projected, 2, causal: true).Attended;
                projected.narrow(1, 40, 30).fill_(1e30f);
                var after = kernel.Forward(projected, 2, causal: true).Attended;
                Assert.IsTrue(before.narrow(1, 0, 40).equal(after.narrow(1, 0, 40)).all().item<bool>());
            }
        });
    }

    [TestMethod]
    [RequiresKernels]
    public void Forward_OfGreatScores_DoesNotOverflow()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(4);
            var projected = randn([1, 48, 96], generator: generator) * 300;
            foreach (var kernel in Kernels)
            {
                var (attended, logSums) = kernel.Forward(projected, 2, causal: true);
                Assert.IsTrue(attended.isfinite().all().item<bool>());
                Assert.IsTrue(kernel.Backward(projected, attended, ones_like(attended), logSums, 2, causal: true).isfinite().all().item<bool>());
            }
        });
    }

    [TestMethod]
    [RequiresKernels]
    public void Supports_OtherInputs_IsFalse()
    {
        using var scope = NewDisposeScope();
        foreach (var kernel in Kernels)
        {
            Assert.IsFalse(kernel.Supports(zeros(1, 4, 3 * 12), 1), "a head of 12");
            Assert.IsFalse(kernel.Supports(zeros([1, 4, 96], ScalarType.BFloat16), 1), "bfloat16");
            Assert.IsFalse(kernel.Supports(zeros(1, 96, 4).transpose(1, 2), 1), "not contiguous");
        }
    }

    [TestMethod]
    public void Register_WhenTheLibraryIsLoaded_GivesTheNetworkItsKernel()
        => Assert.AreEqual(RegisterWidth.Widest > 0, SelfAttention.Kernel is not null);

    /// <summary>softmax(Q Kᵀ / √size) V, as in the paper, for the layout (B, T, 3d).</summary>
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
