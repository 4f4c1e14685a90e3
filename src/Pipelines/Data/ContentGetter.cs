using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>What a cursor reads the content of its rows by; used on one thread, and disposed with the cursor.</summary>
internal abstract class ContentGetter : IDisposable
{
    /// <summary>The <see cref="ValueGetter{TValue}"/> of the content's type.</summary>
    public abstract Delegate Getter { get; }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}
