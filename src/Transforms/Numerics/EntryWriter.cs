namespace IGptMl.Numerics;

/// <summary>Writes an entry of a folder of a zip.</summary>
/// <param name="name">The entry's name in the folder.</param>
/// <param name="body">Writes the content.</param>
internal delegate void EntryWriter(string name, Action<Stream> body);
