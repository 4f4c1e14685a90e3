namespace IGptMl.Numerics;

/// <summary>
/// All random numbers of a fit: one integer seed, from the options or drawn once from ML.NET's environment, and a named stream for each purpose.
/// </summary>
/// <remarks>
/// <para>
/// The generator of item (i, j, ...) of a stream is a SplitMix64 whose state results from mixing in the seed, the stream's value, i, j, ... in turn. A random
/// number is therefore a pure function of these values, the same on every platform and in every version of .NET. A resumed run draws the same numbers as an
/// uninterrupted one, without repeating earlier draws.
/// </para>
/// <para>
/// There are two exceptions. The initial weights are drawn by torch's generator, seeded with the seed itself (<see cref="WeightSeed"/>). What a finished
/// model draws (masks, completions, the winner among equal votes) depends on its own seed and on the input, mixed in by <see cref="SplitMix64.Combine"/>.
/// </para>
/// </remarks>
/// <param name="Seed">The seed of the fit.</param>
internal readonly record struct RandomStreams(int Seed)
{
    /// <summary>The seed of torch's generator, which draws the initial weights.</summary>
    internal ulong WeightSeed => (uint)Seed;

    /// <summary>Creates the generator for an item of a stream. The generators of neighboring items are independent.</summary>
    /// <param name="stream">The purpose.</param>
    /// <param name="item">The index of the item, such as step and row; for one stream always the same number of values.</param>
    internal SplitMix64 Open(RandomStream stream, params ReadOnlySpan<long> item) => new(StateOf(stream, item));

    /// <summary>The initial state of that generator, for use as a seed.</summary>
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
