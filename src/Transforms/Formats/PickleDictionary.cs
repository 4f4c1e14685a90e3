namespace IGptMl.Formats;

/// <summary>A dictionary of a pickle, in the order it was filled; a later entry of the same key is kept beside the earlier one.</summary>
internal sealed class PickleDictionary
{
    // Empty ones cost little: a pickle of nothing but empty dictionaries is a cheap way to ask for memory.
    private List<(object? Key, object? Value)>? _entries;

    /// <summary>What was put in.</summary>
    public IReadOnlyList<(object? Key, object? Value)> Entries => _entries is null ? [] : _entries;

    /// <summary>Puts an entry in.</summary>
    public void Add(object? key, object? value) => (_entries ??= []).Add((key, value));

    /// <summary>The value of the last entry of a text key, or null.</summary>
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
