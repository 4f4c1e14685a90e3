namespace IGptMl.Export;

/// <summary>How an axis is resized; names of integers in a graph.</summary>
/// <param name="From">The number of samples.</param>
/// <param name="To">The number of samples after the resize.</param>
/// <param name="Start">The first of those that are kept.</param>
internal sealed record ResampledAxis(string From, string To, string Start);
