namespace IGptMl.Tests.Kernels;

/// <summary>The end of its memory that a kernel must not cross.</summary>
public enum MemoryEdge
{
    /// <summary>The first element is the first one of a page, and the page before cannot be read.</summary>
    Start,

    /// <summary>The last element is the last one of a page, and the page behind cannot be read.</summary>
    End,
}
