namespace IGptMl.Cli.Serving;

/// <summary>A request for completions of a picture.</summary>
/// <param name="Tokens">The picture's tokens in raster order.</param>
/// <param name="Keep">The rectangle that is kept, left, top, width and height in pixels of the model's size; null for nothing.</param>
/// <param name="Completions">The number of completions.</param>
/// <param name="Temperature">The divisor of the logits.</param>
/// <param name="TopK">The number of likeliest colors to sample from; null for all.</param>
/// <param name="Seed">The seed.</param>
internal sealed record CompletionRequest(IReadOnlyList<int> Tokens, IReadOnlyList<int>? Keep, int Completions, double Temperature, int? TopK, int Seed);
