namespace IGptMl.Data;

/// <summary>A file of a data set.</summary>
/// <param name="Name">
/// The path relative to the data set's folder, with '/' as the separator so that names and order are the same on every platform; or any path, if a list
/// gives it.
/// </param>
/// <param name="Label">The 0-based class, or <see cref="RowSource.NoLabel"/>.</param>
internal readonly record struct ImageFile(string Name, int Label);
