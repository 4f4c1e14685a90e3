namespace IGptMl.Tests;

/// <summary>The rooms of the house, each a folder of src, and the arrows between them: which room's types use which other's.</summary>
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

        // What compiled code keeps no trace of, such as a constant of another room, shows in the imports.
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

    /// <summary>The rooms' names: the folders of an assembly, such as "Models" or "Data/Download", and for its root its own, such as "Transforms".</summary>
    internal IReadOnlyCollection<string> Rooms => [.. _roomOfType.Values.Distinct().Order(StringComparer.Ordinal)];

    internal IReadOnlyCollection<(string From, string To)> Arrows => _uses.Keys;

    /// <summary>The types that make an arrow, each with what it uses.</summary>
    internal IReadOnlyList<string> UsesOf((string From, string To) arrow) => _uses[arrow];

    /// <summary>The room of a type; null for one that is not ours.</summary>
    internal string? RoomOf(string type) => _roomOfType.GetValueOrDefault(type);

    /// <summary>The room of a type.</summary>
    internal static string RoomOf(AssemblyReferences.SourceType type) => type.Folder[(type.Folder.IndexOf('/') + 1)..];

    /// <summary>The rooms of a circle in the order of its arrows, the first one again at the end; empty if there is none.</summary>
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

    /// <summary>The rooms that a room knows, or that one of these knows, and so on.</summary>
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
