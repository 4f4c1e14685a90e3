namespace IGptMl.Formats;

/// <summary>A dictionary of a pickle, in insertion order. An entry with a repeated key does not replace the earlier entry; both are kept.</summary>
internal sealed class PickleDictionary
{
    // Allocated with the first entry, because a small pickle can ask for very many empty dictionaries.
    private List<(object? Key, object? Value)>? _entries;

    /// <summary>The entries, in insertion order.</summary>
    public IReadOnlyList<(object? Key, object? Value)> Entries => _entries is null ? [] : _entries;

    /// <summary>Adds an entry.</summary>
    public void Add(object? key, object? value) => (_entries ??= []).Add((key, value));

    /// <summary>The value of the last entry with this string as its key, or null.</summary>
    public object? Find(string key)
    {
        for (var i = Entries.Count - 1; i >= 0; i--)
        {
            if (Entries[i].Key is string text && text == key)
            {
                return Entries[i].Value;
            }
        }

        return null;
    }
}
