namespace IGptMl.Cli.Output;

/// <summary>What the tool tells of an exception.</summary>
internal static class ErrorMessage
{
    /// <summary>The message without the name of a parameter, which means nothing on a command line.</summary>
    internal static string Of(Exception e)
        => e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : e.Message;
}
