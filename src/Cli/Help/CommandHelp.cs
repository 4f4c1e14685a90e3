using System.Collections;
using System.CommandLine;
using System.CommandLine.Completions;

namespace IGptMl.Cli.Help;

/// <summary>Writes the help of a command: its options in groups, and an example.</summary>
/// <param name="output">Where to write.</param>
/// <param name="width">The width of the lines; null for no limit.</param>
internal sealed class CommandHelp(TextWriter output, int? width)
{
    private const int WidestFirst = 34;

    /// <summary>Writes the help.</summary>
    /// <param name="command">The command.</param>
    /// <param name="name">Its full name, such as "igpt palette fit".</param>
    /// <param name="example">An example command line.</param>
    internal void Write(Command command, string name, string example)
    {
        Write("Description", () => WriteText(string.Empty, command.Description ?? string.Empty, 0));
        Write("Usage", () => output.WriteLine($"  {name}{string.Concat(command.Arguments.Select(argument => $" {NameOf(argument)}"))} [options]"));
        if (command.Arguments.Count > 0)
        {
            Write("Arguments", () => WriteRows([.. command.Arguments.Select(argument => (NameOf(argument), argument.Description ?? string.Empty))]));
        }

        foreach (var (title, options) in GroupsOf(command))
        {
            Write(title, () => WriteRows([.. options.Select(option => (NameOf(option), Describe(option)))]));
        }

        Write("Example", () => output.WriteLine($"  {example}"));
    }

    /// <summary>The options of a command, its parents' included, in groups.</summary>
    internal static IEnumerable<(string Title, IReadOnlyList<Option> Options)> GroupsOf(Command command)
    {
        var all = command.Options.Concat(ParentsOf(command).SelectMany(parent => parent.Options).Where(option => option.Recursive))
            .Where(option => !option.Hidden)
            .ToList();
        var common = OptionGroups.All[0].Options.ToList();
        foreach (var (title, names) in OptionGroups.All)
        {
            var options = title == OptionGroups.Common
                ? all.Where(option => option.Required || common.Contains(option.Name)).OrderBy(option => option.Required ? 0 : 1)
                    .ThenBy(option => common.IndexOf(option.Name)).ToList()
                : all.Where(option => !option.Required && names.Contains(option.Name)).ToList();
            if (options.Count > 0)
            {
                yield return (title, options);
            }
        }
    }

    private static IEnumerable<Command> ParentsOf(Command command)
        => command.Parents.OfType<Command>().SelectMany(parent => ParentsOf(parent).Prepend(parent));

    private static string NameOf(Argument argument)
        => argument.Arity.MaximumNumberOfValues > 1 ? $"<{argument.Name}>..." : $"<{argument.HelpName ?? ValuesOf(argument.GetCompletions) ?? argument.Name}>";

    private static string NameOf(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias is "-h").Append(option.Name));
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) || option.ValueType == typeof(void) ? names
            : $"{names} <{option.HelpName ?? ValuesOf(option.GetCompletions) ?? option.Name.TrimStart('-')}>";
    }

    /// <summary>"adam|muon".</summary>
    private static string? ValuesOf(Func<CompletionContext, IEnumerable<CompletionItem>> complete)
        => string.Join('|', complete(CompletionContext.Empty).Select(item => item.Label)) is { Length: > 0 } values ? values : null;

    private static string Describe(Option option)
    {
        var value = option.HasDefaultValue && option.ValueType != typeof(bool) ? option.GetDefaultValue() : null;
        var text = value is IEnumerable several and not string ? string.Join(", ", several.Cast<object>()) : value?.ToString();
        return (option.Description ?? string.Empty) + (option.Required ? " (REQUIRED)" : string.Empty) + (string.IsNullOrEmpty(text) ? string.Empty
            : $" [default: {text}]");
    }

    private void Write(string title, Action write)
    {
        output.WriteLine($"{title}:");
        write();
        output.WriteLine();
    }

    private void WriteRows(IReadOnlyList<(string First, string Second)> rows)
    {
        var column = Math.Min(WidestFirst, rows.Max(row => row.First.Length)) + 4;
        foreach (var (first, second) in rows)
        {
            WriteText(first, second, column);
        }
    }

    /// <summary>Writes a text in a column, with a name to its left; a wide name has a line of its own.</summary>
    private void WriteText(string name, string text, int column)
    {
        var start = $"  {name}";
        if (start.Length > Math.Max(column - 2, 2) && width is not null)
        {
            output.WriteLine(start);
            start = string.Empty;
        }

        var line = start.PadRight(Math.Max(column, 2));
        var room = width is { } limit ? Math.Max(20, limit - Math.Max(column, 2)) : int.MaxValue;
        if (line.TrimEnd().Length == start.Length && start.Length >= line.Length)
        {
            line = $"{start}  ";
        }

        foreach (var part in Wrap(text, room))
        {
            output.WriteLine(line + part);
            line = new string(' ', Math.Max(column, 2));
        }
    }

    private static IEnumerable<string> Wrap(string text, int room)
    {
        while (text.Length > room)
        {
            var end = text.LastIndexOf(' ', room);
            end = end > 0 ? end : room;
            yield return text[..end];
            text = text[end..].TrimStart();
        }

        yield return text;
    }
}
