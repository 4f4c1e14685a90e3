namespace IGptMl.Data;

/// <summary>A file of a data set.</summary>
/// <param name="Name">The path below the data set's folder with '/' between its parts, so that names and order are the same on every platform; or any path, if the user listed it.</param>
/// <param name="Label">The 0-based class, or <see cref="RowSource.NoLabel"/>.</param>
internal readonly record struct ImageFile(string Name, int Label);
