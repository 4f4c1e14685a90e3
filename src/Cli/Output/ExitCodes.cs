namespace IGptMl.Cli.Output;

/// <summary>What the process says of how it went.</summary>
internal static class ExitCodes
{
    internal const int Success = 0;

    internal const int Failure = 1;

    /// <summary>The command line asks for something that is not there or cannot be.</summary>
    internal const int Usage = 2;

    /// <summary>Ended by Ctrl-C; shells use the same number (128 + SIGINT).</summary>
    internal const int Canceled = 130;
}
