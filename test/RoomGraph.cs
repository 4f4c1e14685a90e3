namespace IGptMl.Tests;

/// <summary>The dependency graph of the rooms, which are the folders of src: an arrow means that types of one room use types of another.</summary>
internal sealed class RoomGraph
{
    private readonly Dictionary<string, string> _roomOfType;
    private readonly SortedDictionary<(string From, string To), List<string>> _uses = [];

    internal RoomGraph(IReadOnlyList<AssemblyReferences.SourceType> types, IReadOnlyList<AssemblyReferences.Reference> references)
    {
        _roomOfType = types.Select(type => (type.Name, Room: RoomOf(type))).Distinct().ToDictionary(type => type.Name, type => type.Room);
        foreach (var reference in references)
        {
            Add(RoomOf(reference.FromType), RoomOf(reference.Type), $"{reference.FromType} uses {reference.Name}");
        }

        // Imports also show dependencies that leave no trace in compiled code, such as constants of another room.
        var roomsOfNamespace = types
            .Where(type => !type.IsPublic && type.Namespace.StartsWith("IGptMl.", StringComparison.Ordinal))
            .Select(type => (type.Namespace, Room: RoomOf(type)))
            .Distinct()
            .ToLookup(type => type.Namespace, type => type.Room);
        foreach (var (type, import) in types.SelectMany(type => type.Imports.Select(import => (type, import))))
        {
            foreach (var room in roomsOfNamespace[import])
            {
                Add(RoomOf(type), room, $"{type.Name} imports {import}");
            }
        }
    }

    /// <summary>
    /// The names of the rooms: the folders of an assembly, such as "Models" or "Data/Download", and for its root the assembly's own, such as "Transforms".
    /// </summary>
    internal IReadOnlyCollection<string> Rooms => [.. _roomOfType.Values.Distinct().Order(StringComparer.Ordinal)];

    internal IReadOnlyCollection<(string From, string To)> Arrows => _uses.Keys;

    /// <summary>The types that cause an arrow, each with the types that it uses.</summary>
    internal IReadOnlyList<string> UsesOf((string From, string To) arrow) => _uses[arrow];

    /// <summary>The room of a type; null for types of other libraries.</summary>
    internal string? RoomOf(string type) => _roomOfType.GetValueOrDefault(type);

    /// <summary>The room of a type.</summary>
    internal static string RoomOf(AssemblyReferences.SourceType type) => type.Folder[(type.Folder.IndexOf('/') + 1)..];

    /// <summary>The rooms of a cycle in the order of its arrows, with the first one repeated at the end; empty if there is none.</summary>
    internal static IReadOnlyList<string> FindCircle(IEnumerable<(string From, string To)> arrows)
    {
        var next = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        HashSet<string> done = [];
        return next.Select(from => Walk(from.Key, [])).FirstOrDefault(circle => circle.Count > 0, []);

        IReadOnlyList<string> Walk(string room, IReadOnlyList<string> way)
        {
            if (way.Contains(room))
            {
                return [.. way.SkipWhile(passed => passed != room), room];
            }

            return done.Add(room) ? next[room].Select(to => Walk(to, [.. way, room])).FirstOrDefault(circle => circle.Count > 0, []) : [];
        }
    }

    /// <summary>The rooms that a room depends on, directly or indirectly.</summary>
    internal IReadOnlyCollection<string> Reach(string room)
    {
        HashSet<string> reached = [];
        Queue<string> open = new([room]);
        while (open.TryDequeue(out var from))
        {
            foreach (var (_, to) in Arrows.Where(arrow => arrow.From == from && reached.Add(arrow.To)))
            {
                open.Enqueue(to);
            }
        }

        return reached;
    }

    private void Add(string? from, string? to, string use)
    {
        if (from is null || to is null || from == to)
        {
            return;
        }

        if (!_uses.TryGetValue((from, to), out var uses))
        {
            _uses.Add((from, to), uses = []);
        }

        uses.Add(use);
    }
}
