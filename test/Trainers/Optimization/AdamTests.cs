using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class AdamTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Step_SeveralSteps_MoveAsTorchsAdam(bool inPieces)
    {
        using var expected = new TwoLayers(300);
        using var optimizer = torch.optim.Adam(expected.parameters(), 0.01, 0.9, 0.95, 1e-8);
        using var actual = new TwoLayers(300);
        using var parameters = new FlatParameters(actual);
        using var adam = new Adam(parameters, inPieces: inPieces);
        for (var step = 0; step < 5; step++)
        {
            optimizer.zero_grad();
            Learn(expected, step);
            optimizer.step();
            Learn(actual, step);
            adam.Step(step + 1, 0.01, 1);
            AssertNear(expected.Values, actual.Values, 2e-5);
            Assert.AreEqual(0, parameters.GradientNorm(), "The gradients are used up.");
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Step_WeightDecay_TakesFromMatricesAlone(bool inPieces)
    {
        using var module = new TwoLayers();
        var before = module.Values;
        using var parameters = new FlatParameters(module);
        using var adam = new Adam(parameters, weightDecay: 0.5, inPieces);
        adam.Step(1, 0.1, 1); // no gradients: only decay
        AssertNear([.. before[..25].Select(v => v * 0.95f), .. before[25..]], module.Values, 1e-7);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Step_GradientFactor_ScalesTheGradients(bool inPieces)
    {
        float[] Moments(double factor, int repeats)
        {
            using var module = new TwoLayers();
            using var parameters = new FlatParameters(module);
            using var adam = new Adam(parameters, inPieces: inPieces);
            for (var i = 0; i < repeats; i++)
            {
                Learn(module, 0);
            }

            adam.Step(1, 0, factor);
            return adam.FirstMoments.data<float>().ToArray();
        }

        AssertNear(Moments(1, 1), Moments(0.5, 2), 1e-7);
        AssertNear([.. Moments(1, 1).Select(m => m * 0.25f)], Moments(0.25, 1), 1e-7);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void GradientNorm_KnownGradients_IsTheEuclideanOne(bool inPieces)
    {
        using var module = new TwoLayers(300);
        using var parameters = new FlatParameters(module);
        using var adam = new Adam(parameters, inPieces: inPieces);
        parameters.Gradients.fill_(2);
        Assert.AreEqual(2 * Math.Sqrt(parameters.Count), parameters.GradientNorm(), 0.01);
        using var one = parameters.Gradients.narrow(0, 70000, 1);
        one.fill_(float.NaN);
        Assert.IsTrue(double.IsNaN(parameters.GradientNorm()));
    }

    private static void Learn(TwoLayers module, int step)
    {
        using var loss = module.Loss(new BatchPart(step, 0));
        loss.backward();
    }

    private static void AssertNear(float[] expected, float[] actual, double tolerance)
        => Assert.IsLessThanOrEqualTo(tolerance, expected.Zip(actual, (e, a) => (double)MathF.Abs(e - a)).Max());
}
