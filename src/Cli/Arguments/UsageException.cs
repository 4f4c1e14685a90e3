namespace IGptMl.Cli.Arguments;

/// <summary>The command line asks for something that cannot be, which only showed when the command ran.</summary>
/// <param name="message">What was wrong, and what is expected.</param>
internal sealed class UsageException(string message) : Exception(message);
