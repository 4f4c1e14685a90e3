using System.CommandLine;

namespace IGptMl.Cli.Help;

/// <summary>Completes a command line that is being typed, for the scripts of the shells.</summary>
internal static class WordCompletion
{
    /// <summary>The first argument with which the scripts call the tool; the second is the line up to the cursor, with the tool's name.</summary>
    internal const string Request = "[suggest]";

    /// <summary>The words that can stand at the end of the line; none if it is a file's name, which the shell completes itself.</summary>
    /// <param name="root">The tool.</param>
    /// <param name="line">The line up to the cursor, with the tool's name.</param>
    internal static IReadOnlyList<string> Of(RootCommand root, string line)
    {
        line = line.TrimStart();
        var start = line.IndexOf(' ');
        var arguments = start < 0 ? string.Empty : line[(start + 1)..];
        var word = arguments[(arguments.LastIndexOf(' ') + 1)..];
        return [.. root.Parse(arguments).GetCompletions(arguments.Length)
            .Select(item => item.Label)
            .Where(label => label.StartsWith(word, StringComparison.Ordinal) && !label.StartsWith('/') && (label.Length > 2 || label[0] != '-'))
            .Distinct()
            .Order(StringComparer.Ordinal)];
    }
}
