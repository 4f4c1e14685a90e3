using System.Text.RegularExpressions;

namespace IGptMl.Tests.Docs;

/// <summary>A page of the documentation: a Markdown file of the repository.</summary>
/// <param name="Name">The path relative to the root of the repository, with slashes.</param>
/// <param name="Lines">The lines.</param>
internal sealed partial record Page(string Name, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";

    private static readonly Lazy<IReadOnlyList<Page>> Read = new(ReadAll);

    /// <summary>The folder of the repository.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>All pages.</summary>
    internal static IReadOnlyList<Page> All => Read.Value;

    /// <summary>The fenced blocks, from the top.</summary>
    internal IReadOnlyList<Block> Blocks => [.. FindBlocks()];

    /// <summary>The lines outside of fenced blocks, each with its 1-based number.</summary>
    internal IEnumerable<(int Number, string Text)> Prose
    {
        get
        {
            var isCode = false;
            foreach (var (index, line) in Lines.Index())
            {
                var isFence = line.StartsWith(Fence, StringComparison.Ordinal);
                isCode ^= isFence;
                if (!isCode && !isFence)
                {
                    yield return (index + 1, line);
                }
            }
        }
    }

    /// <summary>The targets of all links, images included, each with the number of its line.</summary>
    internal IEnumerable<(int Number, string Target)> Links
        => Prose.SelectMany(line => LinkPattern().Matches(line.Text).Select(match => (line.Number, match.Groups["target"].Value)));

    /// <summary>The anchors of the headings, as GitHub generates them.</summary>
    internal IEnumerable<string> Anchors => Prose
        .Where(line => line.Text.StartsWith('#'))
        .Select(line => NotInAnchors().Replace(line.Text.TrimStart('#').Trim().ToLowerInvariant(), string.Empty).Replace(' ', '-'));

    /// <summary>The page with a name.</summary>
    internal static Page Find(string name) => All.Single(page => page.Name == name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IReadOnlyList<Page> ReadAll()
    {
        string[] folders = ["docs", "samples", "datasets"];
        var files = folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories));
        return
        [
            .. files.Append(Path.Combine(Root, "README.md"))
                .Select(file => new Page(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllLines(file)))
                .OrderBy(page => page.Name, StringComparer.Ordinal),
        ];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "README.md")) && Directory.Exists(Path.Combine(folder.FullName, "docs")))
            {
                return folder.FullName;
            }
        }

        throw new AssertFailedException("The tests do not run below the repository, whose pages they read.");
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();

    private IEnumerable<Block> FindBlocks()
    {
        int? start = null;
        foreach (var (index, line) in Lines.Index().Where(line => line.Item.StartsWith(Fence, StringComparison.Ordinal)))
        {
            if (start is { } first)
            {
                yield return new Block(Lines[first][Fence.Length..], first + 2, [.. Lines.Skip(first + 1).Take(index - first - 1)]);
            }

            start = start is null ? index : null;
        }

        if (start is not null)
        {
            throw new AssertFailedException($"{Name}: the fence of line {start + 1} is not closed.");
        }
    }

    /// <summary>A fenced block.</summary>
    /// <param name="Language">The language after the opening fence, such as csharp.</param>
    /// <param name="FirstLine">The 1-based number of the first line.</param>
    /// <param name="Lines">The lines.</param>
    internal sealed record Block(string Language, int FirstLine, IReadOnlyList<string> Lines);
}
