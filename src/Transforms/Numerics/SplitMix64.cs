namespace IGptMl.Numerics;

/// <summary>
/// The SplitMix64 generator (G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators, OOPSLA 2014): 64-bit integer
/// arithmetic only, so the same numbers come out on every platform and in every version of .NET.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>A generator for item <paramref name="index"/> of stream <paramref name="stream"/> under <paramref name="seed"/>; neighbors have nothing in common.</summary>
    public static SplitMix64 For(int seed, int stream, int index)
    {
        var state = Mix(unchecked((uint)seed + Increment));
        state = Mix(unchecked(state + (uint)stream + Increment));
        return new SplitMix64(Mix(unchecked(state + (uint)index + Increment)));
    }

    /// <summary>A generator for the item of that 128-bit number, such as a row's, under <paramref name="seed"/>; neighbors have nothing in common.</summary>
    public static SplitMix64 For(int seed, ulong low, ulong high)
    {
        var state = Mix(unchecked((uint)seed + Increment));
        state = Mix(unchecked(state + high + Increment));
        return new SplitMix64(Mix(unchecked(state + low + Increment)));
    }

    /// <summary>One state of two numbers. The order matters.</summary>
    public static ulong Combine(ulong first, ulong second) => Mix(unchecked(Mix(first + Increment) + second + Increment));

    /// <summary>The next 64 uniform bits.</summary>
    public ulong Next() => Mix(_state = unchecked(_state + Increment));

    /// <summary>A uniform integer from <paramref name="minimum"/> to <paramref name="maximum"/>, both included.</summary>
    public int Next(int minimum, int maximum) => minimum + (int)Math.BigMul(Next(), (ulong)((long)maximum - minimum + 1), out _);

    /// <summary>A uniform number in [<paramref name="minimum"/>, <paramref name="maximum"/>), on a grid of 2^53 steps.</summary>
    public double Next(double minimum, double maximum) => minimum + ((maximum - minimum) * ((Next() >> 11) * (1.0 / (1UL << 53))));

    /// <summary>A uniform number in [0, 1), on a grid of 2^53 steps.</summary>
    public double NextDouble() => Next(0.0, 1.0);

    /// <summary>A uniform integer from 0 to <paramref name="bound"/>, which is not included.</summary>
    public int Next(int bound) => Next(0, bound - 1);

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
