namespace IGptMl;

/// <summary>A file of a published data set.</summary>
/// <param name="Name">The name in the data set's folder.</param>
/// <param name="Bytes">The size, or null if it is not known.</param>
public sealed record PublishedFile(string Name, long? Bytes = null);
