namespace IGptMl.Hosting;

/// <summary>A view that can identify its rows without reading them.</summary>
internal interface IIdentifiedData
{
    /// <summary>A string that changes if the rows change; null if this cannot be determined.</summary>
    string? Identity { get; }
}
