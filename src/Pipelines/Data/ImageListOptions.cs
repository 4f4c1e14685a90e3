namespace IGptMl;

/// <summary>How a file that lists images is laid out, and what to do with them.</summary>
public sealed record ImageListOptions
{
    /// <summary>The header of the column of paths. Without a header, the first column is taken.</summary>
    /// <value>Default "path"; upper and lower case are the same.</value>
    public string PathColumn { get; init; } = "path";

    /// <summary>The header of the column of class names; null means that there are no labels. Without a header, the second column is taken.</summary>
    /// <value>Default "label"; upper and lower case are the same.</value>
    public string? LabelColumn { get; init; } = "label";

    /// <summary>Whether the first line has the names of the columns.</summary>
    /// <value>Default true.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>What stands between the columns; null means a tab in files that end in .tsv or .tab, and a comma in others.</summary>
    /// <value>Default null.</value>
    public char? Separator { get; init; }

    /// <summary>The folder that paths are relative to; null means that of the list.</summary>
    /// <value>Default null.</value>
    public string? Folder { get; init; }

    /// <summary>What to do with a file that cannot be read.</summary>
    /// <value>Default <see cref="UnreadableImages.Refuse"/>, by which a file that does not exist is refused when the list is read.</value>
    public UnreadableImages Unreadable { get; init; } = UnreadableImages.Refuse;

    /// <summary>Gives the order of the rows, the same for the same seed on every platform; null means that of the list.</summary>
    /// <value>Default null.</value>
    public int? ShuffleSeed { get; init; }
}
