using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace IGptMl.Hub;

/// <summary>A model repository on the hub and its revision, written ORG/NAME or ORG/NAME@REVISION.</summary>
/// <param name="Repository">The repository, such as openai/imagegpt-small.</param>
/// <param name="Revision">A branch, a tag, a pull request such as refs/pr/2, or a commit.</param>
internal sealed partial record HubName(string Repository, string Revision)
{
    /// <summary>The revision of a name without one.</summary>
    internal const string DefaultRevision = "main";

    private static readonly string[] FileExtensions = [".zip", ".safetensors", ".index", ".bin", ".npy", ".json"];

    /// <summary>Whether the revision is a commit, which never changes.</summary>
    internal bool IsCommit => IsCommitHash(Revision);

    /// <summary>Whether a text is the full hash of a commit.</summary>
    internal static bool IsCommitHash(string text) => CommitHash().IsMatch(text);

    /// <summary>Reads a name.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out HubName? name)
    {
        var match = Form().Match(text);
        var revision = match.Groups["revision"] is { Success: true } given ? given.Value : DefaultRevision;
        // These would leave the cache's folder, or name a hidden or another file in it; a file's extension means a path.
        var isValid = match.Success && !FileExtensions.Contains(Path.GetExtension(match.Groups["repository"].Value))
            && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("--", StringComparison.Ordinal)
            && !text.Contains("//", StringComparison.Ordinal)
            && !revision.EndsWith('/') && !revision.EndsWith(".lock", StringComparison.Ordinal);
        name = isValid ? new HubName(match.Groups["repository"].Value, revision) : null;
        return isValid;
    }

    /// <inheritdoc/>
    public override string ToString() => Revision == DefaultRevision ? Repository : $"{Repository}@{Revision}";

    [GeneratedRegex(@"^(?<repository>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(@(?<revision>[A-Za-z0-9][\w./-]{0,199}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();

    [GeneratedRegex(@"^[0-9a-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CommitHash();
}
