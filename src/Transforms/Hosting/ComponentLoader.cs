using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The entry point of ML.NET's model loader into this library.</summary>
internal static class ComponentLoader
{
    internal const string LoaderSignature = "IGptMlComponent";

    private const string ModelSignature = "IGPTMLCO";

    /// <summary>The assemblies whose components may be loaded. A zip is data, and must not determine which code runs.</summary>
    private static readonly string[] Assemblies = ["IGptMl.Transforms", "IGptMl.Trainers", "IGptMl.Pipelines"];

    internal static VersionInfo Version { get; } = new(ModelSignature, 0x00010001, 0x00010001, 0x00010001, typeof(ComponentLoader).Assembly.FullName,
        LoaderSignature);

    /// <summary>Called by ML.NET, which finds the method by its name and signature.</summary>
    internal static ITransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        ctx.CheckAtModel(Version);
        var reader = new ComponentReader(ctx);
        var component = Assemblies
            .SelectMany(FindComponents)
            .FirstOrDefault(c => c.Name == reader.Header.Component)
            ?? throw new InvalidDataException(
                $"The model file holds a component '{reader.Header.Component}', which this version of IGptMl does not know. It was written by version "
                + $"{reader.Header.Version}.");
        return component.Load(env, reader);
    }

    private static IEnumerable<SavedComponentAttribute> FindComponents(string assembly)
    {
        try
        {
            return Assembly.Load(assembly).GetCustomAttributes<SavedComponentAttribute>();
        }
        catch (FileNotFoundException)
        {
            return []; // an application that only uses the transforms does not contain the other assemblies
        }
    }
}
