using IGptMl.Optimization;

namespace IGptMl.Tests.Optimization;

[TestClass]
public sealed class ConstantScheduleTests
{
    [TestMethod]
    public void RateAt_AnyStep_IsThePeak()
    {
        RateSchedule schedule = new ConstantSchedule(Peak: 0.0003, Steps: 50);
        Assert.AreEqual(50, schedule.Steps);
        Assert.IsTrue(Enumerable.Range(0, 50).All(step => schedule.RateAt(step) == 0.0003));
    }
}
