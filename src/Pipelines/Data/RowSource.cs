using Microsoft.ML;

namespace IGptMl.Data;

/// <summary>
/// A fixed, ordered set of labeled rows whose contents, images or tokens, are made one at a time. Every member may be called from several threads at once, and the
/// same index always gives the same row; nothing that grows with the number of pixels is kept.
/// </summary>
internal abstract class RowSource
{
    /// <summary>What <see cref="ReadLabel"/> gives for a row without a label.</summary>
    public const int NoLabel = -1;

    /// <summary>A text that is the same as long as the rows are, or null where that cannot be told.</summary>
    public virtual string? Identity => null;

    /// <summary>The number of rows, 1 or more.</summary>
    public abstract int Count { get; }

    /// <summary>The names of the classes in label order; 1 or more.</summary>
    public abstract IReadOnlyList<string> ClassNames { get; }

    /// <summary>The column that a row is about: its name, type and annotations.</summary>
    public abstract DataViewSchema.DetachedColumn Content { get; }

    /// <summary>A getter of that column for the rows of a cursor.</summary>
    public abstract ContentGetter OpenContent(SourceCursor cursor);

    /// <summary>The 0-based class of row <paramref name="index"/> (0-based), or <see cref="NoLabel"/>.</summary>
    /// <exception cref="InvalidDataException">The stored label cannot be read or names no class.</exception>
    public abstract int ReadLabel(int index);

    /// <summary>A name that tells row <paramref name="index"/> from all others of this source.</summary>
    public abstract string ReadName(int index);
}
