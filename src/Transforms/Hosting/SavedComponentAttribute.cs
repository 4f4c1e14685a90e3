using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Registers a transformer of the assembly with <see cref="ComponentLoader"/>.</summary>
/// <param name="name">The name under which the transformer is stored in zips; never changes once released.</param>
/// <param name="type">The transformer.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal abstract class SavedComponentAttribute(string name, Type type) : Attribute
{
    /// <summary>The name in the zip.</summary>
    public string Name => name;

    /// <summary>Loads the transformer.</summary>
    public abstract ITransformer Load(IHostEnvironment environment, ComponentReader reader);

    /// <summary>The name under which a transformer type is stored.</summary>
    internal static string NameOf(Type type) => type.Assembly.GetCustomAttributes<SavedComponentAttribute>().Single(component => component.Type == type).Name;

    internal Type Type => type;
}

/// <inheritdoc/>
/// <typeparam name="T">The transformer.</typeparam>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class SavedComponentAttribute<T>(string name) : SavedComponentAttribute(name, typeof(T))
    where T : class, ITransformer, ISavedComponent<T>
{
    public override ITransformer Load(IHostEnvironment environment, ComponentReader reader) => T.Load(environment, reader);
}
