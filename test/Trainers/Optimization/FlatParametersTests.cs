using IGptMl.Optimization;
using IGptMl.Tests.Contracts;
using TorchSharp;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class FlatParametersTests
{
    [TestMethod]
    public void Construct_Module_KeepsItsValuesAndSharesThem()
    {
        using var module = new TwoLayers();
        var before = module.Values;
        using var parameters = new FlatParameters(module);
        CollectionAssert.AreEqual(before, module.Values);
        Assert.AreEqual(32, parameters.MatrixCount, "25 values end at the second cache line.");
        Assert.AreEqual(48, parameters.Count);
        parameters.Values.mul_(2);
        CollectionAssert.AreEqual(before.Select(v => 2 * v).ToArray(), module.Values);
    }

    [TestMethod]
    public void Backward_Module_AddsUpInTheBuffer()
    {
        using var module = new TwoLayers();
        using var input = torch.ones(3, 5);
        using (var loss = module.Loss(input))
        {
            loss.backward();
        }

        var expected = module.parameters().SelectMany(p => p.grad!.data<float>().ToArray()).ToArray();
        using var parameters = new FlatParameters(module);
        for (var i = 0; i < 2; i++)
        {
            using var loss = module.Loss(input);
            loss.backward();
            parameters.Collect();
        }

        var gradients = parameters.Gradients.data<float>().ToArray();
        CollectionAssert.AreEqual(expected.Select(g => 2 * g).ToArray(), gradients[..25].Concat(gradients[32..37]).ToArray());
    }

    [TestMethod]
    public void BFloat16_Module_ComputesInItAndGetsFloat32Back()
    {
        using var module = new TwoLayers();
        var before = module.Values;
        using (var parameters = new FlatParameters(module, torch.ScalarType.BFloat16))
        {
            Assert.IsTrue(module.parameters().All(p => p.dtype == torch.ScalarType.BFloat16));
            using var input = torch.ones(3, 5);
            using var loss = module.Loss(input);
            loss.backward();
            parameters.Collect();
            Assert.IsTrue(parameters.Gradients.data<float>().ToArray().Any(g => g != 0));
        }

        CollectionAssert.AreEqual(before, module.Values, "The masters are not rounded.");
        Assert.IsTrue(module.parameters().All(p => p.grad is null && p.requires_grad));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Dispose_Buffers_LeavesNoTensors(bool bfloat16)
    {
        LiveTensors.AssertNoneLeft(() =>
        {
            using var module = new TwoLayers();
            using var parameters = new FlatParameters(module, bfloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32);
            using var adam = new Adam(parameters);
            using var loss = module.Loss(default(BatchPart));
            loss.backward();
            parameters.Collect();
            adam.Step(1, 0.1, 1);
        });
    }
}
