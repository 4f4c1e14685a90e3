using System.Runtime.CompilerServices;
using System.Text.Json;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>Writes a transformer as entries of ML.NET's zip: configurations as json, everything else in its own open format.</summary>
internal sealed class ComponentWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What has been stored once for all components of a zip that is being written, and where.</summary>
    private static readonly ConditionalWeakTable<RepositoryWriter, Dictionary<object, string>> Shared = [];

    private readonly ModelSaveContext _context;

    private ComponentWriter(ModelSaveContext context) => _context = context;

    /// <summary>Begins the component. To be called from <see cref="ICanSaveModel.Save"/>.</summary>
    internal static ComponentWriter Begin(ModelSaveContext context, ITransformer component)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ComponentLoader.Version);
        var writer = new ComponentWriter(context);
        writer.WriteJson(ComponentHeader.EntryName, new ComponentHeader(SavedComponentAttribute.NameOf(component.GetType()), ComponentHeader.CurrentVersion));
        return writer;
    }

    /// <summary>Writes an entry of the component's own.</summary>
    internal void Write(string name, Action<Stream> write) => _context.SaveBinaryStream(name, writer => write(writer.BaseStream));

    /// <summary>Writes a json entry of the component's own.</summary>
    internal void WriteJson<T>(string name, T value) => Write(name, stream => JsonSerializer.Serialize(stream, value, Json));

    /// <summary>Writes another transformer, of whatever kind, into a folder of that name below the component's own.</summary>
    internal void WriteTransformer(string name, ITransformer transformer) => _context.SaveModel(transformer, name);

    /// <summary>
    /// Writes <paramref name="value"/> once a zip, however many components hold it, and returns the folder in the zip to read it from.
    /// <paramref name="write"/> gets a function that writes an entry of that folder.
    /// </summary>
    internal string WriteShared(object value, string kind, Action<EntryWriter> write)
    {
        var repository = _context.Repository
            ?? throw new InvalidOperationException("This transformer is saved as entries of a zip; save it with mlContext.Model.Save.");
        var known = Shared.GetOrCreateValue(repository);
        if (!known.TryGetValue(value, out var folder))
        {
            folder = $"{kind}{known.Count + 1}";
            write((name, body) =>
            {
                using var entry = repository.CreateEntry(folder, name);
                body(entry.Stream);
            });
            known.Add(value, folder);
        }

        return folder;
    }
}
