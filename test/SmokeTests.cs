namespace IGptMl.Tests;

[TestClass]
public sealed class SmokeTests
{
    [TestMethod]
    public void Torch_Loads() => Assert.AreEqual(6f, TorchSharp.torch.ones(2, 3).sum().item<float>());
}
