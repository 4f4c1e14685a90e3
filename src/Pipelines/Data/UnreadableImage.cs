namespace IGptMl;

/// <summary>An image that cannot be read, whose row is left out.</summary>
public sealed class UnreadableImage
{
    internal UnreadableImage(string name, string problem) => (Name, Problem) = (name, problem);

    /// <summary>The name of the row: the file.</summary>
    public string Name { get; }

    /// <summary>Why it cannot be read: a sentence that names the path.</summary>
    public string Problem { get; }
}
