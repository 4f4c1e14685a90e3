using IGptMl.Optimization;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class ConstantScheduleTests
{
    [TestMethod]
    public void RateAt_AnyStep_IsThePeak()
    {
        RateSchedule schedule = new ConstantSchedule(Peak: 0.0003, WarmUpSteps: 0, Steps: 50);
        Assert.AreEqual(50, schedule.Steps);
        Assert.IsTrue(Enumerable.Range(0, 50).All(step => schedule.RateAt(step) == 0.0003));
    }

    [TestMethod]
    public void RateAt_WarmUp_RisesToThePeakAndStays()
    {
        var schedule = new ConstantSchedule(Peak: 0.3, WarmUpSteps: 3, Steps: 5);
        double[] expected = [0.1, 0.2, 0.3, 0.3, 0.3];
        for (var step = 0; step < 5; step++)
        {
            Assert.AreEqual(expected[step], schedule.RateAt(step), 1e-12);
        }
    }
}
