namespace IGptMl.Cli.Arguments;

/// <summary>An invalid command line that could only be detected while the command ran.</summary>
/// <param name="message">What was wrong and what is expected.</param>
internal sealed class UsageException(string message) : Exception(message);
