namespace IGptMl.Tests.Kernels;

/// <summary>The edge of a buffer that is guarded.</summary>
public enum MemoryEdge
{
    /// <summary>The first element is at the start of a page, and the page before is inaccessible.</summary>
    Start,

    /// <summary>The last element is at the end of a page, and the page after is inaccessible.</summary>
    End,
}
