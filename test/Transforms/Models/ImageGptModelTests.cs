using IGptMl.Tests.Contracts;
using TorchSharp;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class ImageGptModelTests
{
    [TestMethod]
    public void Dispose_OneOfTwoHandles_LeavesTheOtherWorking()
    {
        var model = TinyImageGpt.CreateModel();
        var shared = model.Share();
        Assert.AreEqual(0, LiveTensors.CountLeft(model.Dispose));
        using var weights = shared.On(torch.CPU).state_dict()["lm_head.weight"].clone();
        Assert.AreEqual(64, weights.numel());
        Assert.IsLessThan(-10, LiveTensors.CountLeft(shared.Dispose));
    }

    [TestMethod]
    public void Dispose_Twice_CountsOnce()
    {
        var model = TinyImageGpt.CreateModel();
        using var shared = model.Share();
        model.Dispose();
        model.Dispose();
        Assert.AreEqual(TinyImageGpt.Config, shared.On(torch.CPU).Config);
    }

    [TestMethod]
    public void Use_AfterTheLastHandle_IsRefused()
    {
        var model = TinyImageGpt.CreateModel();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Share());
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.On(torch.CPU));
        Assert.IsNull(model.TryShare());
    }

    [TestMethod]
    public void Share_OfADisposedHandle_IsRefusedThoughAnotherLives()
    {
        var model = TinyImageGpt.CreateModel();
        using var other = model.Share();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Share());
    }

    [TestMethod]
    public void Weights_OfAModel_AreFrozen()
    {
        using var model = TinyImageGpt.CreateModel();
        Assert.IsTrue(model.On(torch.CPU).parameters().All(weight => !weight.requires_grad));
        Assert.IsFalse(model.On(torch.CPU).training);
    }
}
