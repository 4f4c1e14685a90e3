namespace IGptMl.Cli.Serving;

/// <summary>A request that cannot be answered.</summary>
/// <param name="status">The HTTP status, 400 or more.</param>
/// <param name="message">What was wrong and what is expected, for the person at the page.</param>
internal sealed class RequestProblem(int status, string message) : Exception(message)
{
    internal int Status => status;
}
