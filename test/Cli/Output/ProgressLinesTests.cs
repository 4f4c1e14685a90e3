using IGptMl.Cli.Output;

namespace IGptMl.Tests.Cli.Output;

[TestClass]
public sealed class ProgressLinesTests
{
    [TestMethod]
    public void Report_ALineEveryTenSecondsAndTheLast()
    {
        using var writer = new StringWriter();
        var now = TimeSpan.Zero;
        var lines = new ProgressLines(writer, () => now);
        var activity = new Activity("Pretraining", "step");
        for (var step = 1; step <= 1200; step++)
        {
            now = TimeSpan.FromSeconds(step * 0.02);
            lines.Report(new Advance(activity, step, 1200, Advance.Describe(50.25, TimeSpan.FromSeconds(4000))));
        }

        CollectionAssert.AreEqual(
            new[]
            {
                "Pretraining: step 500 of 1,200, 50.2 images/s, 1:06:40 left",
                "Pretraining: step 1,000 of 1,200, 50.2 images/s, 1:06:40 left",
                "Pretraining: step 1,200 of 1,200, 50.2 images/s, 1:06:40 left",
            },
            writer.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }
}
