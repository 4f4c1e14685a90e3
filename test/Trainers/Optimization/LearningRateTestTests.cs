using IGptMl.Optimization;
using IGptMl.Tests.Contracts;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class LearningRateTestTests
{
    [TestMethod]
    public void Run_Module_TakesATenthOfTheRateWithTheLeastLoss() => LiveTensors.AssertNoneLeft(() =>
    {
        var found = Find();
        var best = Enumerable.Range(0, found.Losses.Count).MinBy(i => found.Losses[i]);
        Assert.AreEqual(0.1 * found.Rates[best], found.Rate, 0.05 * found.Rate); // rounded to two significant digits
        Assert.AreEqual(1e-5, found.Rates[0]);
        Assert.IsTrue(found.Rates.Zip(found.Rates.Skip(1), (a, b) => b / a).All(ratio => Math.Abs(ratio - Math.Pow(1e5, 1 / 99.0)) < 1e-9));
        Assert.IsLessThan(0.8 * found.Losses[0], found.Losses[best], "The loss has fallen before it rises.");
        Assert.IsTrue(Enumerable.Range(1, found.Losses.Count - 1).All(i => found.Losses[i] <= 2 * found.Losses.Take(i).Min()),
            "It ends when the loss is twice the least one.");
    });

    [TestMethod]
    public void Run_SameLosses_FindsTheSameRate() => CollectionAssert.AreEqual(Find().Losses.ToArray(), Find().Losses.ToArray());

    [TestMethod]
    public void Run_LossTwiceTheLeast_EndsThere()
    {
        using var module = new TwoLayers();
        var found = LearningRateTest.Run(new LossTask(module, part => module.Loss(part) * (part.Step < 60 ? 1 : 1000)), new TrainingSettings(), default);
        Assert.HasCount(60, found.Rates);
        Assert.IsLessThan(found.Rates[59], found.Rate);
    }

    [TestMethod]
    public void Run_LossNoLongerANumber_EndsThere()
    {
        using var module = new TwoLayers();
        var found = LearningRateTest.Run(new LossTask(module, part => part.Step == 30 ? module.Loss(part) * float.NaN : module.Loss(part)),
            new TrainingSettings(), default);
        Assert.HasCount(30, found.Rates);
    }

    [TestMethod]
    public void Run_NeverANumber_SaysSo()
    {
        using var module = new TwoLayers();
        var error = Assert.ThrowsExactly<InvalidOperationException>(()
            => LearningRateTest.Run(new LossTask(module, part => module.Loss(part) * float.NaN), new TrainingSettings(), default));
        StringAssert.Contains(error.Message, "the initial loss is not a finite number");
    }

    [TestMethod]
    public void Run_Canceled_Throws()
    {
        using var module = new TwoLayers();
        Assert.ThrowsExactly<OperationCanceledException>(()
            => LearningRateTest.Run(new LossTask(module, module.Loss), new TrainingSettings(), new CancellationToken(canceled: true)));
    }

    private static LearningRateRange Find()
    {
        using var module = new TwoLayers();
        return LearningRateTest.Run(new LossTask(module, module.Loss) { Parts = 2 }, new TrainingSettings(), default);
    }
}
