using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>Announces a transformer of the assembly to <see cref="ComponentLoader"/>.</summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal abstract class SavedComponentAttribute : Attribute
{
    /// <summary>The name in the zip.</summary>
    public abstract string Name { get; }

    /// <summary>Reads the transformer.</summary>
    public abstract ITransformer Load(IHostEnvironment environment, ComponentReader reader);
}

/// <inheritdoc/>
/// <typeparam name="T">The transformer.</typeparam>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class SavedComponentAttribute<T> : SavedComponentAttribute
    where T : class, ITransformer, ISavedComponent<T>
{
    public override string Name => T.ComponentName;

    public override ITransformer Load(IHostEnvironment environment, ComponentReader reader) => T.Load(environment, reader);
}
