using IGptMl.Tests.Data;

namespace IGptMl.Tests.Processes;

/// <summary>Runs some of these tests again in a new process, with a runtime switch that is only read at startup.</summary>
internal static class TestProcess
{
    /// <summary>The exit codes of a completed run.</summary>
    private const int AllPassed = 0, SomeFailed = 2;

    /// <summary>Much longer than a slow machine needs.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(10);

    /// <summary>Runs the tests of a category.</summary>
    /// <param name="category">The category; its tests must not call this method.</param>
    /// <param name="variable">The environment variable that is the switch.</param>
    /// <param name="value">Its value.</param>
    /// <exception cref="AssertFailedException">The process crashed, or took too long.</exception>
    public static TestRun Run(string category, string variable, string value)
    {
        const string report = "report.trx";
        using var folder = new TemporaryFolder();
        string[] filter = ["--filter", $"TestCategory={category}"];
        string[] results = ["--report-trx", "--report-trx-filename", report, "--results-directory", folder.Path, "--no-ansi", "--no-progress"];
        using var process = DotNetProcess.Start(typeof(TestProcess).Assembly.Location, [.. filter, .. results], (variable, value));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeLimit))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The tests with {variable}={value} took more than {TimeLimit}.\n{output.Result}{error.Result}");
        }

        if (process.ExitCode is not (AllPassed or SomeFailed))
        {
            Assert.Fail($"The process of the tests with {variable}={value} ended with {process.ExitCode}.\n{output.Result}{error.Result}");
        }

        return TestRun.Read(folder.Combine(report));
    }
}
