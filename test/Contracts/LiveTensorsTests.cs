using TorchSharp;

namespace IGptMl.Tests.Contracts;

[TestClass]
public sealed class LiveTensorsTests
{
    [TestMethod]
    public void CountLeft_TensorLeftOutsideScopes_IsOne()
    {
        torch.Tensor? left = null;
        Assert.AreEqual(1, LiveTensors.CountLeft(() => left = torch.zeros(3)));
        left!.Dispose();
    }

    [TestMethod]
    public void CountLeft_TensorMovedOutOfItsScope_IsOne()
    {
        torch.Tensor? left = null;
        Assert.AreEqual(1, LiveTensors.CountLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            left = (torch.zeros(3) + 1).MoveToOuterDisposeScope();
        }));
        left!.Dispose();
    }

    [TestMethod]
    public void CountLeft_ModelLeft_CountsItsWeights()
    {
        ImageGptModel? left = null;
        var count = LiveTensors.CountLeft(() => left = TinyImageGpt.CreateModel());
        var freed = LiveTensors.CountLeft(left!.Dispose);
        Assert.IsGreaterThan(10, count);
        Assert.AreEqual(-count, freed);
    }

    [TestMethod]
    public void CountLeft_EverythingDisposed_IsZero()
        => LiveTensors.AssertNoneLeft(() =>
        {
            using var scope = torch.NewDisposeScope();
            _ = torch.zeros(3) + 1;
        });
}
