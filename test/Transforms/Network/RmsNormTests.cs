using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class RmsNormTests
{
    [TestMethod]
    public void Forward_OfNumbers_IsTheFormula()
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        using var norm = new RmsNorm(4);
        norm.state_dict()["weight"].copy_(torch.tensor(new float[] { 1, 2, 3, 4 }));
        var found = norm.forward(torch.tensor(new float[] { 1, -2, 3, 0 })).data<float>().ToArray();
        var scale = 1 / Math.Sqrt((14 / 4.0) + 1e-5);
        Assert.AreEqual(1 * scale, found[0], 1e-6);
        Assert.AreEqual(-4 * scale, found[1], 1e-6);
        Assert.AreEqual(9 * scale, found[2], 1e-6);
        Assert.AreEqual(0, found[3]);
    }

    [TestMethod]
    public void Forward_ConstantAdded_ChangesTheResult()
    {
        // A true layer norm subtracts the mean, so the constant would have no effect.
        using var scope = torch.NewDisposeScope();
        using var norm = new RmsNorm(8);
        var input = torch.randn(2, 8);
        Assert.IsFalse(torch.allclose(norm.forward(input), norm.forward(input + 1), 1e-2, 1e-2));
        Assert.IsTrue(torch.allclose(norm.forward(input), norm.forward(input * 100), 1e-3, 1e-3));
    }

    [TestMethod]
    public void Forward_OfZeros_IsZero()
    {
        using var scope = torch.NewDisposeScope();
        using var norm = new RmsNorm(8);
        Assert.IsTrue(norm.forward(torch.zeros(1, 8)).Equals(torch.zeros(1, 8)));
    }
}
