namespace IGptMl.Cli.Output;

/// <summary>The exit codes of the process.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    internal const int Failure = 1;

    /// <summary>The command line is invalid.</summary>
    internal const int Usage = 2;

    /// <summary>A partial result: some images could not be read, or a part of a report failed, and the result has everything else.</summary>
    internal const int Partial = 3;

    /// <summary>Canceled by Ctrl-C; 128 + SIGINT, as in shells.</summary>
    internal const int Canceled = 130;
}
