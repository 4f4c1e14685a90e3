namespace IGptMl.Network;

/// <summary>
/// The generator of Steele, Lea and Flood (2014): any 64 bits are a good seed, so that random numbers can be a pure function of what they are drawn
/// for, such as a seed and a step.
/// </summary>
internal struct SplitMix64(ulong seed)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>One seed of two numbers. The order matters.</summary>
    internal static ulong Combine(ulong first, ulong second) => Mix(Mix(first + Golden) + second + Golden);

    /// <summary>The next 64 bits.</summary>
    internal ulong Next() => Mix(_state += Golden);

    /// <summary>A number of at least 0 and less than 1.</summary>
    internal double NextDouble() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>A number of at least 0 and less than <paramref name="bound"/>.</summary>
    internal int Next(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _); // the high half: biased by less than 2^-32

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
