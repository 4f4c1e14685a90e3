using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>
/// A fixed, ordered set of labeled rows whose contents (images or tokens) are created one at a time. All members are thread-safe, and the same index always
/// gives the same row. No data that grows with the number of pixels is kept in memory.
/// </summary>
internal abstract class RowSource
{
    /// <summary>The result of <see cref="ReadLabel"/> for a row without a label.</summary>
    public const int NoLabel = -1;

    /// <summary>A text that changes when the rows change; null if that cannot be determined.</summary>
    public virtual string? Identity => null;

    /// <summary>The number of rows, 1 or more.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes in label order, at least one.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>The content column: its name, type and annotations.</summary>
    public abstract DataViewSchema.DetachedColumn Content { get; }

    /// <summary>Creates a getter of that column for the rows of a cursor.</summary>
    public abstract ContentGetter OpenContent(SourceCursor cursor);

    /// <summary>The 0-based class of row <paramref name="index"/> (0-based), or <see cref="NoLabel"/>.</summary>
    /// <exception cref="InvalidDataException">The stored label cannot be read or is not a class.</exception>
    public abstract int ReadLabel(int index);

    /// <summary>A name of row <paramref name="index"/> that is unique in this source.</summary>
    public abstract string ReadName(int index);
}
