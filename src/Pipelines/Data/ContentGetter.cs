using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>Gives a cursor the content of its rows. Used on one thread, and disposed with the cursor.</summary>
internal abstract class ContentGetter : IDisposable
{
    /// <summary>The <see cref="ValueGetter{TValue}"/> for the type of the content.</summary>
    public abstract Delegate Getter { get; }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
