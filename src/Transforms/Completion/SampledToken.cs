namespace IGptMl;

/// <summary>A token that has just been sampled (<see cref="SamplingOptions.TokenProgress"/>).</summary>
public readonly record struct SampledToken
{
    /// <summary>
    /// The index of the image among those that are sampled together, from 0. In completions it is the row's index in its batch times the number of completions,
    /// plus the index of the completion.
    /// </summary>
    public required int Image { get; init; }

    /// <summary>The index of the pixel in raster order, 0 to T - 1.</summary>
    public required int Position { get; init; }

    /// <summary>The color, 0 to K - 1.</summary>
    public required int Token { get; init; }
}
