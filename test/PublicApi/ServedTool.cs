using System.Diagnostics;
using System.Text.RegularExpressions;
using IGptMl.Tests.Processes;

namespace IGptMl.PublicApi.Tests;

/// <summary>The tool in a process of its own, as users start it.</summary>
internal sealed partial class ServedTool : IDisposable
{
    private static readonly string Path = System.IO.Path.Combine(AppContext.BaseDirectory, "igpt.dll");
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly Timer _end;

    private ServedTool(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _end = new Timer(_ => process.Kill(), null, Lifetime, Timeout.InfiniteTimeSpan);
    }

    internal Uri Address { get; }

    /// <summary>Runs a command to its end.</summary>
    internal static void Run(params string[] arguments)
    {
        using var process = DotNetProcess.Start(Path, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{output.Result}{error}");
    }

    /// <summary>Starts igpt serve on a free port.</summary>
    internal static async Task<ServedTool> StartAsync(params string[] arguments)
    {
        var process = DotNetProcess.Start(Path, ["serve", "--port", "0", .. arguments]);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Page().Match(line) is { Success: true } match)
            {
                return new ServedTool(process, new Uri(match.Value));
            }
        }

        throw new AssertFailedException($"There is no page: {await process.StandardError.ReadToEndAsync()}");
    }

    public void Dispose()
    {
        _end.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+/")]
    private static partial Regex Page();
}
