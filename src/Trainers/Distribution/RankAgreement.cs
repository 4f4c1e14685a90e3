namespace IGptMl.Distribution;

/// <summary>Makes sure that all ranks are at the same work.</summary>
internal static class RankAgreement
{
    private const char Between = '\n';

    /// <summary>Compares named values with those of rank 0. Every rank learns of every difference, so all of them stop together.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="values">The values, by name.</param>
    /// <param name="what">What the ranks must have in common, such as "options and data".</param>
    /// <exception cref="InvalidOperationException">A rank differs; the message names the first one, and what differs.</exception>
    internal static void Require(RankGroup ranks, IReadOnlyDictionary<string, string> values, string what)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        var first = Parse(ranks.Broadcast(string.Join(Between, values.Select(value => $"{value.Key}={value.Value.ReplaceLineEndings(" ")}"))));
        var own = string.Join(" ", first.Keys.Union(values.Keys, StringComparer.Ordinal)
            .Select(name => (Name: name, First: first.GetValueOrDefault(name, "not given"), Own: values.GetValueOrDefault(name, "not given")))
            .Where(value => value.First != value.Own.ReplaceLineEndings(" "))
            .Select(value => $"{value.Name} is {value.Own} and not {value.First}."));
        var differences = Enumerable.Range(1, ranks.Count - 1).Select(rank => ranks.Broadcast(own, rank)).ToList();
        var rank = 1 + differences.FindIndex(text => text.Length > 0);
        if (rank > 0)
        {
            throw new InvalidOperationException($"Rank {rank} has other {what} than rank 0: {differences[rank - 1]}");
        }
    }

    private static Dictionary<string, string> Parse(string text) => text.Split(Between, StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split('=', 2))
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
}
