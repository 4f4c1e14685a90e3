using System.Diagnostics;
using System.Runtime.InteropServices;

namespace IGptMl.Tests.Processes;

/// <summary>Processes of the same runtime as this one.</summary>
internal static class DotNetProcess
{
    /// <summary>The path of the dotnet command.</summary>
    internal static string Host { get; } = Path.GetFullPath(
        Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    /// <summary>Starts an assembly, whose output the caller reads.</summary>
    /// <param name="assembly">The path of an executable's dll.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="environment">Environment variables to add or replace; null removes a variable.</param>
    public static Process Start(string assembly, IEnumerable<string> arguments, params IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(Host, [assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
