namespace IGptMl.Hosting;

/// <summary>A view that can tell its rows from other rows without reading them.</summary>
internal interface IIdentifiedData
{
    /// <summary>A text that is the same as long as the rows are, or null where that cannot be told.</summary>
    string? Identity { get; }
}
