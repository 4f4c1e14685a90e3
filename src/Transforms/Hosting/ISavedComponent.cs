using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>A transformer that can be read back from a zip.</summary>
/// <typeparam name="TSelf">The transformer's own type.</typeparam>
internal interface ISavedComponent<TSelf>
    where TSelf : ISavedComponent<TSelf>
{
    /// <summary>Reads what <c>Save</c> wrote.</summary>
    static abstract TSelf Load(IHostEnvironment environment, ComponentReader reader);
}
