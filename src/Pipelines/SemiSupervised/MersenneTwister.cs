namespace IGptMl.SemiSupervised;

/// <summary>
/// MT19937 (Matsumoto, Nishimura 1998) with the legacy shuffle of NumPy, so that a seed chooses the same rows as NumPy's <c>RandomState</c>.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Middle = 397;
    private const uint Twist = 0x9908b0df;
    private const uint Upper = 0x80000000;
    private const uint Lower = 0x7fffffff;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    internal MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Size; i++)
        {
            _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
        }
    }

    /// <summary>The next 32 bits.</summary>
    internal uint Next()
    {
        if (_next == Size)
        {
            Refill();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        return y ^ (y >> 18);
    }

    /// <summary>Shuffles from the end, as NumPy's <c>RandomState.shuffle</c> does.</summary>
    internal void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = (int)UpTo((uint)i);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>An integer from 0 to <paramref name="maximum"/>, both included, by rejection of masked bits.</summary>
    private uint UpTo(uint maximum)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(maximum);
        uint value;
        do
        {
            value = Next() & mask;
        }
        while (value > maximum);
        return value;
    }

    private void Refill()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & Upper) | (_state[(i + 1) % Size] & Lower);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * Twist);
        }

        _next = 0;
    }
}
