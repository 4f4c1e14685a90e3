using System.Globalization;
using IGptMl.Optimization;
using IGptMl.Tests.Contracts;
using TorchSharp;
using TorchSharp.Modules;

namespace IGptMl.Tests.Optimization;

/// <summary>The training loop on a task without a network, whose weight must converge to 3.</summary>
[TestClass]
public sealed class TrainingLoopTests : IDisposable
{
    private readonly Parameter _weight = new(torch.zeros(1));

    [TestMethod]
    public void Run_SimpleLoss_FindsItsMinimumAndReportsEveryStep()
    {
        var schedule = new CosineSchedule(0.1, 5, 200);
        var reports = new List<TrainingProgress>();
        Assert.AreEqual(200, Run(schedule, Loss, reports.Add));
        Assert.AreEqual(3, _weight.item<float>(), 0.05);
        CollectionAssert.AreEqual(Enumerable.Range(1, 200).Select(step => (long)step).ToArray(), reports.Select(r => r.Step).ToArray());
        Assert.IsTrue(reports.All(r => r.Steps == 200 && r.ImagesPerSecond > 0));
        Assert.AreEqual(9, reports[0].Loss, 1e-6);
        for (var step = 0; step < 200; step++)
        {
            Assert.AreEqual(schedule.RateAt(step), reports[step].LearningRate);
        }

        Assert.AreEqual(TimeSpan.Zero, reports[^1].TimeLeft);
    }

    [TestMethod]
    public void Run_MeanLoss_IsThatOfTheStepsSoFar()
    {
        var reports = new List<TrainingProgress>();
        Run(new CosineSchedule(0.01, 5, 300), Loss, reports.Add);
        for (var step = 1; step <= 100; step++)
        {
            Assert.AreEqual(reports.Take(step).Average(report => report.Loss), reports[step - 1].MeanLoss, 1e-6);
        }

        var (before, after) = (reports[199], reports[200]);
        Assert.AreEqual(before.MeanLoss + ((after.Loss - before.MeanLoss) / 100), after.MeanLoss, 1e-6);
    }

    [TestMethod]
    public void Run_TimeLimit_EndsTheRunAndCompletesItsSchedule()
    {
        var (limit, reports) = (TimeSpan.FromSeconds(0.5), new List<TrainingProgress>());
        var module = torch.nn.ParameterList(_weight);
        var loop = new TrainingLoop(
            new LossTask(module, _ =>
            {
                Thread.Sleep(20); // a machine that is far too slow for the planned steps
                return Loss();
            }),
            new CosineSchedule(0.1, 0, 10_000),
            new TrainingSettings { TimeLimit = limit });
        var done = loop.Run(step => reports.Add(step.Progress), default);
        Assert.IsTrue(loop.TimeIsUp);
        Assert.IsInRange(2, 25, done);
        Assert.IsGreaterThanOrEqualTo(limit, reports[^1].Elapsed);
        Assert.AreEqual(TimeSpan.Zero, reports[^1].TimeLeft);
        Assert.IsLessThan(0.02, reports[^1].LearningRate, "The rate falls by the clock.");
        Assert.IsTrue(reports.All(report => report.TimeLeft <= limit));
    }

    [TestMethod]
    public void Run_FirstStep_MovesByTheRate()
    {
        // The length of Adam's first step is the learning rate, regardless of the gradient.
        Run(new CosineSchedule(0.25, 0, 1), Loss);
        Assert.AreEqual(0.25, _weight.item<float>(), 1e-6);
    }

    [TestMethod]
    [DataRow(float.NaN, "NaN")]
    [DataRow(float.PositiveInfinity, "Infinity")]
    public void Run_LossNoNumber_StopsBeforeTheWeightsAreSpoilt(float loss, string text)
    {
        var step = 0;
        var error = Assert.ThrowsExactly<InvalidOperationException>(()
            => Run(new CosineSchedule(0.5, 0, 10), () => ++step == 3 ? _weight.sum() * loss : Loss()));
        Assert.AreEqual(
            string.Create(CultureInfo.InvariantCulture,
                $"The loss is {text} at step 3 of 10, at a learning rate of {new CosineSchedule(0.5, 0, 10).RateAt(2):G4}. A lower rate or a longer "
                + $"warm-up is needed."),
            error.Message);
        Assert.IsTrue(float.IsFinite(_weight.item<float>()));
    }

    [TestMethod]
    public void Run_Canceled_ReturnsTheStepsDone()
    {
        using var cancellation = new CancellationTokenSource();
        var done = Run(new CosineSchedule(0.1, 0, 100), Loss, progress => CancelAt(progress.Step), cancellation.Token);
        Assert.AreEqual(7, done);

        void CancelAt(long step)
        {
            if (step == 7)
            {
                cancellation.Cancel();
            }
        }
    }

    [TestMethod]
    public void Run_ManySteps_LeavesNoTensors()
    {
        Run(new CosineSchedule(0.1, 0, 1), Loss);
        var live = new List<long>();
        LiveTensors.AssertNoneLeft(() => Run(new CosineSchedule(0.1, 0, 50), Loss, _ => live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount)));
        Assert.HasCount(1, live.Skip(1).Distinct().ToList());
    }

    public void Dispose() => _weight.Dispose();

    private long Run(CosineSchedule schedule, Func<torch.Tensor> loss, Action<TrainingProgress>? report = null, CancellationToken cancellation = default)
    {
        var module = torch.nn.ParameterList(_weight); // it would dispose the weight
        return new TrainingLoop(new LossTask(module, _ => loss()), schedule).Run(step => report?.Invoke(step.Progress), cancellation);
    }

    private torch.Tensor Loss() => (_weight - 3).square().sum();
}
