using System.Text;

namespace IGptMl;

/// <summary>The layout of a file that lists images, and the treatment of the images.</summary>
public sealed record ImageListOptions
{
    /// <summary>The header of the path column. Without a header line, the first column is used.</summary>
    /// <value>Default "path"; case-insensitive.</value>
    public string PathColumnName { get; init; } = "path";

    /// <summary>The header of the column of class names; null for no labels. Without a header line, the second column is used.</summary>
    /// <value>Default "label"; case-insensitive.</value>
    public string? LabelColumnName { get; init; } = "label";

    /// <summary>Whether the first line is a header with the column names.</summary>
    /// <value>Default true.</value>
    public bool HasHeader { get; init; } = true;

    /// <summary>The separator of the columns; null for a tab in files that end in .tsv or .tab, and a comma in others.</summary>
    /// <value>Default null.</value>
    public char? Separator { get; init; }

    /// <summary>The encoding of the list, such as <see cref="Encoding.Latin1"/>; null for UTF-8. A byte order mark in the list has precedence.</summary>
    /// <value>Default null.</value>
    public Encoding? Encoding { get; init; }

    /// <summary>The folder to which paths are relative; null for the folder of the list.</summary>
    /// <value>Default null.</value>
    public string? Folder { get; init; }

    /// <summary>What to do with a file that cannot be decoded.</summary>
    /// <value>Default <see cref="UnreadableImages.Refuse"/>, which also refuses a list with a file that does not exist.</value>
    public UnreadableImages Unreadable { get; init; } = UnreadableImages.Refuse;

    /// <summary>
    /// Whether a list with a file that does not exist is refused when it is loaded, if <see cref="Unreadable"/> is <see cref="UnreadableImages.Refuse"/>; if
    /// false, the file is refused when its row is read.
    /// </summary>
    /// <value>Default true.</value>
    public bool ChecksFiles { get; init; } = true;

    /// <summary>The seed for the order of the rows, which is the same on every platform; null for the order of the list.</summary>
    /// <value>Default null.</value>
    public int? ShuffleSeed { get; init; }
}
