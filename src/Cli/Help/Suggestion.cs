namespace IGptMl.Cli.Help;

/// <summary>Finds the word that a mistyped one was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>" Did you mean 'pretrain'?", or nothing if no word is near.</summary>
    internal static string Of(string word, IEnumerable<string> known) => Find(word, known) is { } found ? $" Did you mean '{found}'?" : string.Empty;

    /// <summary>The nearest word; null if none is near. A third of the letters may be wrong.</summary>
    internal static string? Find(string word, IEnumerable<string> known) => known
        .Select(candidate => (Word: candidate, Distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
        .Where(pair => pair.Distance <= Math.Max(1, Math.Min(word.Length, pair.Word.Length) / 3))
        .OrderBy(pair => pair.Distance)
        .ThenBy(pair => pair.Word, StringComparer.Ordinal)
        .Select(pair => pair.Word)
        .FirstOrDefault();

    /// <summary>
    /// How many letters must be inserted, removed, replaced or exchanged with their neighbor to turn one word into the other (optimal string alignment).
    /// </summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
