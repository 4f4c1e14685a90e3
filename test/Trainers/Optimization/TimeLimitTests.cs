using IGptMl.Optimization;

namespace IGptMl.Tests.Optimization;

/// <summary>Runs whose length is a time.</summary>
[TestClass]
public sealed class TimeLimitTests
{
    private const long ManySteps = 1_000_000_000;

    [TestMethod]
    public void Run_TimeLimit_CompletesTheScheduleInTime()
    {
        var steps = Run(TimeSpan.FromSeconds(0.5), new CosineSchedule(0.01, 5, ManySteps), validation: null);
        var last = steps[^1].Progress;
        Assert.AreEqual(last.Steps, last.Step, "In the end, the number of steps is known.");
        Assert.IsTrue(steps.SkipLast(1).All(step => step.Progress.Steps > step.Progress.Step), "Before, it is an estimate.");
        Assert.IsLessThan(5, last.Elapsed.TotalSeconds);
        Assert.AreEqual(TimeSpan.Zero, last.TimeLeft);
        Assert.AreEqual(0.002, steps[0].Progress.LearningRate, 1e-9, "The warm-up counts steps.");
        Assert.IsGreaterThan(0.009, steps.Max(step => step.Progress.LearningRate));
        Assert.IsLessThan(0.001, last.LearningRate);
    }

    [TestMethod]
    public void Run_TimeLimitShorterThanTheWarmUp_WarmsUpForATenthOfTheTime()
    {
        var steps = Run(TimeSpan.FromSeconds(0.5), new CosineSchedule(0.01, 1_000_000, ManySteps), validation: null);
        Assert.IsGreaterThan(0.009, steps.Max(step => step.Progress.LearningRate));
        Assert.IsLessThan(0.001, steps[^1].Progress.LearningRate);
    }

    [TestMethod]
    public void Run_TimeLimitAndNoInterval_ValidatesEveryHundredthAndInTheEnd()
    {
        var steps = Run(TimeSpan.FromSeconds(1), new ConstantSchedule(0.01, 0, ManySteps), new ValidationSettings(null, null, TakesBest: false));
        var validations = steps.Count(step => step.Validation is not null);
        Assert.IsGreaterThan(5, validations);
        Assert.IsLessThanOrEqualTo(101, validations);
        Assert.IsNotNull(steps[^1].Validation);
    }

    [TestMethod]
    public void Run_StepsBeforeTheTime_EndsWithTheSteps()
    {
        var steps = Run(TimeSpan.FromHours(1), new CosineSchedule(0.01, 2, 12), validation: null);
        Assert.HasCount(12, steps);
        var rates = steps.Select(step => step.Progress.LearningRate).ToArray();
        var expected = Enumerable.Range(0, 12).Select(step => new CosineSchedule(0.01, 2, 12).RateAt(step)).ToArray();
        CollectionAssert.AreEqual(expected, rates, "The steps are further than the time, so that they determine the rate.");
    }

    private static List<StepReport> Run(TimeSpan limit, RateSchedule schedule, ValidationSettings? validation)
    {
        using var module = new TwoLayers();
        var task = new LossTask(module, part =>
        {
            Thread.Sleep(2);
            return module.Loss(part);
        }) { Validation = () => new ValidationScore(1) };
        var steps = new List<StepReport>();
        new TrainingLoop(task, schedule, new TrainingSettings { TimeLimit = limit, Validation = validation }).Run(steps.Add, default);
        return steps;
    }
}
