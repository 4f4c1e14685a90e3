using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl.Hosting;

/// <summary>Writes a transformer as entries of ML.NET's zip: settings as JSON, everything else in its own open format.</summary>
internal sealed class ComponentWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, TypeInfoResolver = JsonReflection.Resolver };

    /// <summary>The folders of the values that components share, for each zip that is being written.</summary>
    private static readonly ConditionalWeakTable<RepositoryWriter, Dictionary<object, string>> Shared = [];

    private readonly ModelSaveContext _context;

    private ComponentWriter(ModelSaveContext context) => _context = context;

    /// <summary>Begins the component. Called from <see cref="ICanSaveModel.Save"/>.</summary>
    internal static ComponentWriter Begin(ModelSaveContext context, ITransformer component)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CheckAtModel();
        context.SetVersionInfo(ComponentLoader.Version);
        var writer = new ComponentWriter(context);
        writer.WriteJson(ComponentHeader.EntryName, new ComponentHeader(SavedComponentAttribute.NameOf(component.GetType()), ComponentHeader.CurrentVersion));
        return writer;
    }

    /// <summary>Writes an entry of the component.</summary>
    internal void Write(string name, Action<Stream> write) => _context.SaveBinaryStream(name, writer => write(writer.BaseStream));

    /// <summary>Writes a JSON entry of the component.</summary>
    internal void WriteJson<[DynamicallyAccessedMembers(JsonReflection.Members)] T>(string name, T value)
        => Write(name, stream => JsonReflection.Write(stream, value, Json));

    /// <summary>Writes another transformer, of any type, to a subfolder of the component.</summary>
    internal void WriteTransformer(string name, ITransformer transformer) => _context.SaveModel(transformer, name);

    /// <summary>
    /// Writes <paramref name="value"/> once per zip, even if several components share it, and returns its folder in the zip. <paramref name="write"/> receives
    /// a function that writes an entry of that folder.
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
