namespace IGptMl.Numerics;

/// <summary>Names in a message, which stays short however many there are.</summary>
internal static class NameList
{
    private const int Most = 12;

    /// <summary>The names with commas between them; of more than <paramref name="most"/>, the first ones and how many more there are.</summary>
    internal static string Of(IReadOnlyCollection<string> names, int most = Most)
        => names.Count <= most ? string.Join(", ", names) : $"{string.Join(", ", names.Take(most))} and {names.Count - most} more";
}
