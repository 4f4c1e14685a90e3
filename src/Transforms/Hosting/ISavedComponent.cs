using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>A transformer that can be loaded from a zip.</summary>
/// <typeparam name="TSelf">The transformer's own type.</typeparam>
internal interface ISavedComponent<TSelf>
    where TSelf : ISavedComponent<TSelf>
{
    /// <summary>Loads a transformer that <c>Save</c> wrote.</summary>
    static abstract TSelf Load(IHostEnvironment environment, ComponentReader reader);
}
