namespace IGptMl;

/// <summary>A file of a published data set.</summary>
/// <param name="name">The name in the data set's folder.</param>
/// <param name="bytes">The size, or null if it is not known.</param>
public sealed class PublishedFile(string name, long? bytes = null)
{
    /// <summary>The name in the data set's folder.</summary>
    public string Name { get; } = name;

    /// <summary>The size; null if it is not known.</summary>
    public long? Bytes { get; } = bytes;
}
