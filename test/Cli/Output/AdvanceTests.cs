using IGptMl.Cli.Output;
using Spectre.Console;

namespace IGptMl.Tests.Cli.Output;

[TestClass]
public sealed class AdvanceTests
{
    private static readonly Advance Training = new(new Activity("Pretraining", "step"), 120, 5_000,
        "3.2145 nats per token, 62 % of the peak, 140.2 images/s, 0:12:30 left");

    [TestMethod]
    [DataRow(200, "step 120 of 5,000, 3.2145 nats per token, 62 % of the peak, 140.2 images/s, 0:12:30 left")]
    [DataRow(62, "step 120 of 5,000, 3.2145 nats per token, 0:12:30 left")]
    [DataRow(40, "step 120 of 5,000, 0:12:30 left")]
    public void Fit_KeepsTheCountAndTheTimeLeft(int width, string text) => Assert.AreEqual(text, Training.Fit(width));

    [TestMethod]
    [DataRow("Pretraining")]
    [DataRow("Waiting for another process that downloads the same")]
    public void Bars_FitEightyColumns(string title)
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
            { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 80;
        Terminal.Track(console, progress =>
        {
            progress.Report(Training with { Activity = new Activity(title, "step") });
            return 0;
        });
        var lines = System.Text.RegularExpressions.Regex.Replace(output.ToString(), "\u001b\\[[0-9;?]*[A-Za-z]", string.Empty).Split('\n', '\r');
        Assert.Contains(line => line.Contains("0:12:30 left", StringComparison.Ordinal), lines, output.ToString());
        Assert.IsTrue(lines.All(line => line.TrimEnd().Length <= 80), output.ToString());
    }
}
