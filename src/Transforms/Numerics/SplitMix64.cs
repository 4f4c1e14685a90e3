namespace IGptMl.Numerics;

/// <summary>
/// The SplitMix64 generator (G. L. Steele, D. Lea, C. H. Flood: Fast splittable pseudorandom number generators, OOPSLA 2014). It uses only 64-bit integer
/// arithmetic, so the results are the same on every platform and in every version of .NET.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>Combines two numbers to a state. The order matters.</summary>
    public static ulong Combine(ulong first, ulong second) => Extend(Mix(unchecked(first + Increment)), second);

    /// <summary>Mixes one more number into a state.</summary>
    public static ulong Extend(ulong state, ulong number) => Mix(unchecked(state + number + Increment));

    /// <summary>The next 64 uniform bits.</summary>
    public ulong Next() => Mix(_state = unchecked(_state + Increment));

    /// <summary>A uniform integer from <paramref name="minimum"/> to <paramref name="maximum"/>, both included.</summary>
    public int Next(int minimum, int maximum) => minimum + (int)Math.BigMul(Next(), (ulong)((long)maximum - minimum + 1), out _);

    /// <summary>A uniform integer from 0 to <paramref name="bound"/>, which is not included.</summary>
    public long NextInt64(long bound) => (long)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>A uniform number in [<paramref name="minimum"/>, <paramref name="maximum"/>), on a grid of 2^53 steps.</summary>
    public double Next(double minimum, double maximum) => minimum + ((maximum - minimum) * ((Next() >> 11) * (1.0 / (1UL << 53))));

    /// <summary>A uniform number in [0, 1), on a grid of 2^53 steps.</summary>
    public double NextDouble() => Next(0.0, 1.0);

    /// <summary>A uniform integer from 0 to <paramref name="bound"/>, which is not included.</summary>
    public int Next(int bound) => Next(0, bound - 1);

    /// <summary>Fills a span with the integers from 0 on in random order, by the inside-out variant of the Fisher-Yates shuffle.</summary>
    public void Permute(Span<int> order)
    {
        for (var i = 0; i < order.Length; i++)
        {
            var j = Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
    }

    /// <summary>Shuffles the items (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

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
