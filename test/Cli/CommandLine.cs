using System.Text.Json;
using IGptMl.Cli;

namespace IGptMl.Tests.Cli;

/// <summary>The result of a command line.</summary>
internal sealed record CommandLine(int Code, string Output, string Error)
{
    internal string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs a command line in this process.</summary>
    internal static CommandLine Run(params string[] args) => Run(CancellationToken.None, args);

    internal static CommandLine Run(CancellationToken cancellation, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = IgptApp.RunAsync(args, output, error, cancellation).GetAwaiter().GetResult();
        return new CommandLine(code, output.ToString(), error.ToString());
    }

    /// <summary>The output, which must be exactly one JSON object.</summary>
    internal JsonElement Json(int code = 0)
    {
        Assert.AreEqual(code, Code, Error);
        Assert.IsFalse(Output.TrimEnd('\n').EndsWith('\n'));
        return JsonDocument.Parse(Output).RootElement;
    }

    /// <summary>
    /// Checks that the command fails without output, and with a message of one line; of a mistyped source, a second one says what is expected.
    /// </summary>
    internal void AssertFails(int code, string part)
    {
        Assert.AreEqual(code, Code, Error);
        Assert.HasCount(1, ErrorLines.Where((line, i) => i == 0 || !line.StartsWith("Expected a folder of images", StringComparison.Ordinal)).ToArray(), Error);
        StringAssert.Contains(Error, part);
        Assert.AreEqual(string.Empty, Output);
    }
}
