using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Kernels;

[TestClass]
[EveryRegisterWidth]
public sealed unsafe class ExponentialTests
{
    [TestMethod]
    public void Exp256_IsTheExponential_ToRounding() => AssertExp<Lanes256, Vector256<float>>();

    [TestMethod]
    public void Exp512_IsTheExponential_ToRounding() => AssertExp<Lanes512, Vector512<float>>();

    [TestMethod]
    public void Exp_OfWhatIsNotANumber_IsNotANumber()
    {
        Assert.IsTrue(float.IsNaN(Exp<Lanes256, Vector256<float>>(float.NaN)));
        Assert.IsTrue(float.IsNaN(Exp<Lanes512, Vector512<float>>(float.NaN)));
    }

    private static void AssertExp<TLanes, TVector>()
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var worst = 0.0;
        for (var x = -87.3f; x < 88f; x += 0.00317f)
        {
            worst = Math.Max(worst, Math.Abs((Exp<TLanes, TVector>(x) / Math.Exp(x)) - 1));
        }

        Assert.IsLessThan(1.2e-7, worst); // 1 ULP
        Assert.AreEqual(1f, Exp<TLanes, TVector>(0));
        foreach (var x in new[] { -88f, -1000, float.MinValue, float.NegativeInfinity })
        {
            var value = Exp<TLanes, TVector>(x);
            Assert.IsTrue(value is >= 0 and < 2e-38f, $"exp({x}) = {value}");
        }

        foreach (var x in new[] { 88.1f, 1000, float.PositiveInfinity })
        {
            var value = Exp<TLanes, TVector>(x);
            Assert.IsTrue(value > 1e38f && float.IsFinite(value), $"exp({x}) = {value}");
        }
    }

    private static float Exp<TLanes, TVector>(float x)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var values = stackalloc float[TLanes.Count];
        TLanes.Store(Exponential.Of<TLanes, TVector>(TLanes.Broadcast(x)), values);
        return values[TLanes.Count - 1];
    }
}
