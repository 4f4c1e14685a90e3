using System.Runtime.Intrinsics;
using IGptMl.Inference;
using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Tests.Contracts;
using static TorchSharp.torch;

namespace IGptMl.Tests.Inference;

[TestClass]
public sealed class CpuBlocksTests
{
    [TestMethod]
    [DataRow(1, 64, 32, 1, true)]
    [DataRow(3, 49, 64, 2, true)]
    [DataRow(2, 225, 96, 3, true)]
    [DataRow(5, 100, 128, 2, true)]
    [DataRow(1, 1, 96, 1, true)]
    [DataRow(3, 81, 64, 1, false)]
    public void Run_OfTwoBlocks_IsWhatTheModulesCompute(int images, int positions, int size, int heads, bool causal)
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            var (blocks, input) = Create(images, positions, size, heads, causal);
            var expected = blocks[1].forward(blocks[0].forward(input)).detach();
            var scale = expected.abs().max().item<float>();
            using var noGradients = no_grad();
            foreach (var create in new Func<Tensor, CpuBlocks>[]
            {
                hidden => CpuBlocks.TryCreate(hidden, heads, causal)!,
                hidden => new VectorBlocks<Lanes256, Vector256<float>>(hidden, heads, causal),
                hidden => new VectorBlocks<Lanes512, Vector512<float>>(hidden, heads, causal),
            })
            {
                var hidden = input.clone();
                using var kernels = create(hidden);
                Array.ForEach(blocks, block => kernels.Run(block.Weights));
                Assert.IsLessThan(3e-6f * scale, (hidden - expected).abs().max().item<float>());
                Assert.IsLessThan(5e-6f, (kernels.MeanOfNormed() - RmsNorm.Scale(expected).mean([1])).abs().max().item<float>());
            }
        });
    }

    [TestMethod]
    public void Run_OfABatch_GivesTheBitsOfEachImageAlone()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            var (blocks, input) = Create(images: 7, positions: 100, size: 64, heads: 2, causal: true);
            using var noGradients = no_grad();
            var together = Run(blocks, input);
            for (var image = 0; image < 7; image++)
            {
                Assert.IsTrue(Run(blocks, input.narrow(0, image, 1)).equal(together.narrow(0, image, 1)).all().item<bool>(), $"Image {image}");
            }
        });
    }

    [TestMethod]
    public void Run_WithAWeightThatIsNotANumber_DoesNotHideIt()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            var (blocks, input) = Create(images: 1, positions: 16, size: 32, heads: 1, causal: true);
            using var noGradients = no_grad();
            blocks[0].Weights.Expand.fill_(float.NaN);
            Assert.IsTrue(Run(blocks, input).isnan().all().item<bool>());
        });
    }

    [TestMethod]
    public void TryCreate_WithGradientsOrOtherSizesOrTypes_LeavesTheWorkToTheModules()
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = NewDisposeScope();
            Assert.IsNull(CpuBlocks.TryCreate(zeros(1, 4, 64), heads: 2, causal: true));
            using var noGradients = no_grad();
            using var supported = CpuBlocks.TryCreate(zeros(1, 4, 64), heads: 2, causal: true);
            Assert.IsNotNull(supported);
            Assert.IsNull(CpuBlocks.TryCreate(zeros(1, 4, 48), heads: 2, causal: true));
            Assert.IsNull(CpuBlocks.TryCreate(zeros(1, 4, 64).to(ScalarType.BFloat16), heads: 2, causal: true));
        });
    }

    private static Tensor Run(Block[] blocks, Tensor input)
    {
        var hidden = input.clone();
        using var kernels = CpuBlocks.TryCreate(hidden, heads: (int)hidden.shape[2] / 32, causal: true)!;
        Array.ForEach(blocks, block => kernels.Run(block.Weights));
        return hidden;
    }

    private static (Block[] Blocks, Tensor Input) Create(int images, int positions, int size, int heads, bool causal)
    {
        var config = new ImageGptConfig { EmbeddingSize = size, Heads = heads, Layers = 2, Objective = causal ? PretrainingObjective.Autoregressive : PretrainingObjective.Masked };
        using var generator = new Generator(1);
        Block[] blocks = [new(config, generator), new(config, generator)];
        using var noGradients = no_grad();
        foreach (var gain in blocks.SelectMany(block => new[] { block.Weights.Gain1, block.Weights.Gain2 }))
        {
            gain.uniform_(0.5, 2, generator);
        }

        return (blocks, randn([images, positions, size], generator: generator));
    }
}
