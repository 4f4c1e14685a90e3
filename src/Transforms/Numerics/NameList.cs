namespace IGptMl.Numerics;

/// <summary>Formats names for a message, abbreviated if there are many.</summary>
internal static class NameList
{
    private const int Most = 12;

    /// <summary>Comma-separated names; if there are more than <paramref name="most"/>, the first ones and the number of the others.</summary>
    internal static string Of(IReadOnlyCollection<string> names, int most = Most)
        => names.Count <= most ? string.Join(", ", names) : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";
}
