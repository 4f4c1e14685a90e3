namespace IGptMl.Export;

/// <summary>The names of a block's keys and values in a graph, each (N, H, P, d / H).</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Values">The values.</param>
internal sealed record KeysValues(string Keys, string Values);
