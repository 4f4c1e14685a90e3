using System.Text.RegularExpressions;

namespace IGptMl.Cli.Output;

/// <summary>What the tool prints of an exception or a message of the libraries.</summary>
internal static partial class ErrorMessage
{
    /// <summary>The message without names of parameters, which mean nothing on a command line. It may quote the message of another exception.</summary>
    internal static string Of(Exception e) => WithoutParameters(e.Message);

    /// <summary>The text without names of parameters, as .NET appends them to messages.</summary>
    internal static string WithoutParameters(string text) => Parameter().Replace(text, string.Empty);

    [GeneratedRegex(@" ?\(Parameter '[^']*'\)", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
