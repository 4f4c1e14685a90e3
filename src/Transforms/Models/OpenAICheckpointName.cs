using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace IGptMl.Models;

/// <summary>A checkpoint that OpenAI published, written openai:igpt-s, openai:igpt-l-bert or openai:igpt-m@524000.</summary>
/// <param name="Model">The model: igpt-s, igpt-m or igpt-l, with -bert if it was trained on masked pixels.</param>
/// <param name="Steps">The number of training steps.</param>
internal sealed partial record OpenAICheckpointName(string Model, int Steps)
{
    /// <summary>The forms of such a name, for messages.</summary>
    internal const string Forms = "openai:igpt-s, openai:igpt-m or openai:igpt-l, with -bert for the masked models and with @131000, @262000 or @524000 for "
        + "earlier steps than 1,000,000";

    private const string Scheme = "openai:";

    private static readonly int[] PublishedSteps = [131_000, 262_000, 524_000, 1_000_000];

    /// <summary>Whether a text is meant to be such a name.</summary>
    internal static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads a name.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out OpenAICheckpointName? name)
    {
        var match = Form().Match(text);
        var steps = !match.Success ? 0 : match.Groups["steps"] is { Success: true } given
            ? int.Parse(given.Value, CultureInfo.InvariantCulture)
            : PublishedSteps[^1];
        name = PublishedSteps.Contains(steps) ? new OpenAICheckpointName(match.Groups["model"].Value, steps) : null;
        return name is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Steps == PublishedSteps[^1] ? $"{Scheme}{Model}" : $"{Scheme}{Model}@{Steps}";

    [GeneratedRegex(@"^openai:(?<model>igpt-[sml](-bert)?)(@(?<steps>\d{1,7}))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
