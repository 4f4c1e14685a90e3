namespace IGptMl.Cli.Output;

/// <summary>The messages that the tool prints for exceptions.</summary>
internal static class ErrorMessage
{
    /// <summary>The message without the parameter name, which is meaningless on the command line.</summary>
    internal static string Of(Exception e)
        => e is ArgumentException { ParamName: { } name } ? e.Message.Replace($" (Parameter '{name}')", string.Empty, StringComparison.Ordinal) : e.Message;
}
