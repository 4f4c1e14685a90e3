namespace IGptMl;

/// <summary>A file of a published data set.</summary>
/// <param name="Name">Its name in the data set's folder.</param>
/// <param name="Bytes">Its size, or null where that is not known.</param>
public sealed record PublishedFile(string Name, long? Bytes = null);
