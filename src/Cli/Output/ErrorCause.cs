using System.Reflection;

namespace IGptMl.Cli.Output;

/// <summary>Finds what went wrong in an exception that came through threads or reflection.</summary>
internal static class ErrorCause
{
    private static readonly string[] ThreadReports = ["Splitter/consolidator worker encountered exception",
        "Event we were waiting on was subject to an exception"];

    /// <summary>The exception without those that threads and reflection add.</summary>
    internal static Exception Of(Exception e)
    {
        while (e.InnerException is { } inner && (e is AggregateException or TargetInvocationException || IsThreadReport(e)))
        {
            e = inner;
        }

        return e;
    }

    /// <summary>Whether the exception only reports that one of ML.NET's reading or caching threads failed.</summary>
    private static bool IsThreadReport(Exception e) => e is InvalidOperationException
        && Array.Exists(ThreadReports, start => e.Message.StartsWith(start, StringComparison.Ordinal));
}
