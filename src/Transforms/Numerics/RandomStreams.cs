namespace IGptMl.Numerics;

/// <summary>
/// All random numbers of a fit: one integer seed, from the options or drawn once from ML.NET's environment, and a named stream for each purpose.
/// </summary>
/// <remarks>
/// <para>
/// The generator of item (i, j, ...) of a stream is SplitMix64 in the state that comes of mixing in the seed, the stream's number, i, j, ... one after the other. A number is
/// therefore a pure function of these, the same on every platform and in every version of .NET, and a resumed run draws what an uninterrupted one would have drawn without
/// going through what lies behind it.
/// </para>
/// <para>
/// Two things have rules of their own. The initial weights are drawn by torch's generator, from the seed itself (<see cref="WeightSeed"/>). What a finished model draws in use
/// (masks, completions, the winner among equal votes) depends on its own seed and on the content at hand, mixed in by <see cref="SplitMix64.Combine"/>.
/// </para>
/// </remarks>
/// <param name="Seed">The seed of the fit.</param>
internal readonly record struct RandomStreams(int Seed)
{
    /// <summary>The seed of torch's generator, which draws the initial weights.</summary>
    internal ulong WeightSeed => (uint)Seed;

    /// <summary>A generator for an item of a stream. Neighbors have nothing in common.</summary>
    /// <param name="stream">What the numbers are for.</param>
    /// <param name="item">The place of the item, such as step and row; for one stream always as many numbers.</param>
    internal SplitMix64 Open(RandomStream stream, params ReadOnlySpan<long> item) => new(StateOf(stream, item));

    /// <summary>The same as a seed: the state of the generator.</summary>
    internal ulong StateOf(RandomStream stream, params ReadOnlySpan<long> item)
    {
        var state = SplitMix64.Combine((uint)Seed, (ulong)stream);
        foreach (var number in item)
        {
            state = SplitMix64.Extend(state, unchecked((ulong)number));
        }

        return state;
    }
}
