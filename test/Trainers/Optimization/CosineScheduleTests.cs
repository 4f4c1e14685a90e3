using IGptMl.Optimization;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class CosineScheduleTests
{
    private static readonly CosineSchedule Schedule = new(Peak: 0.003, WarmUpSteps: 10, Steps: 110);

    [TestMethod]
    public void RateAt_WarmUp_RisesInALineFromTheFirstStepOn()
    {
        for (var step = 0; step < 10; step++)
        {
            Assert.AreEqual(0.003 * (step + 1) / 10, Schedule.RateAt(step), 1e-12);
        }
    }

    [TestMethod]
    public void RateAt_AfterTheWarmUp_FallsAlongHalfACosineToZero()
    {
        Assert.AreEqual(0.003, Schedule.RateAt(10), 1e-12);
        Assert.AreEqual(0.003 * (1 + Math.Sqrt(0.5)) / 2, Schedule.RateAt(35), 1e-12);
        Assert.AreEqual(0.0015, Schedule.RateAt(60), 1e-12);
        Assert.AreEqual(0, Schedule.RateAt(110), 1e-12);
        for (var step = 11; step < 110; step++)
        {
            Assert.IsLessThan(Schedule.RateAt(step - 1), Schedule.RateAt(step));
            Assert.IsGreaterThan(0, Schedule.RateAt(step));
        }
    }

    [TestMethod]
    public void RateAt_EveryStep_IsNearTheLast()
    {
        for (var step = 1; step < 110; step++)
        {
            Assert.IsLessThanOrEqualTo(0.003 / 10 * 1.0001, Math.Abs(Schedule.RateAt(step) - Schedule.RateAt(step - 1)));
        }
    }

    [TestMethod]
    public void RateAt_NoWarmUp_BeginsAtThePeak() => Assert.AreEqual(0.5, new CosineSchedule(0.5, 0, 3).RateAt(0));

    [TestMethod]
    public void RateAt_WarmUpOnly_EndsAtThePeak() => Assert.AreEqual(0.5, new CosineSchedule(0.5, 4, 4).RateAt(3));

    [TestMethod]
    public void RateAt_OneStep_Learns() => Assert.AreEqual(0.5, new CosineSchedule(0.5, 1, 1).RateAt(0));
}
