using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>
/// exp(x) = 2ⁿ · exp(r) with n the whole number next to x / ln 2 and |r| at most ln(2) / 2, for which seven terms of the series are
/// right to half a unit of float32's last place.
/// </summary>
/// <remarks>.NET's vector exponential computes in float64, which takes three to four times as long, and attention spends a third of its time in it.</remarks>
internal static class Exponential
{
    internal const float Log2E = 1.44269504f;

    /// <summary>ln 2 in two parts, of which the first times a whole number up to 2⁹ is exact.</summary>
    internal const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>1.5 · 2²³: a number to which it is added is rounded to a whole one, which then stands in the lowest bits.</summary>
    internal const float Rounding = 12582912f;

    /// <summary>Where 2ⁿ is still a normal number. Below, the result is 1e-38 in place of less; above, 2e38 in place of more.</summary>
    internal const float Min = -87.33f, Max = 88.02f;

    /// <summary>The lowest bit of a float32's exponent.</summary>
    internal const int ExponentBit = 23;

    /// <summary>The exponential, to a unit in the last place; from 1e-38 to 2e38 where it is beyond them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Of<TLanes, TVector>(TVector a)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var x = TLanes.Min(TLanes.Broadcast(Max), TLanes.Max(TLanes.Broadcast(Min), a)); // in this order, what is not a number stays so
        var shifted = TLanes.MultiplyAdd(x, TLanes.Broadcast(Log2E), TLanes.Broadcast(Rounding));
        var n = TLanes.Subtract(shifted, TLanes.Broadcast(Rounding));
        var r = TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2Low), TLanes.MultiplyAdd(n, TLanes.Broadcast(-Ln2High), x));
        var sum = TLanes.Broadcast(1 / 5040f);
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1 / 720f));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1 / 120f));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1 / 24f));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1 / 6f));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1 / 2f));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1));
        sum = TLanes.MultiplyAdd(sum, r, TLanes.Broadcast(1));
        return TLanes.Multiply(sum, TLanes.PowerOfTwo(shifted));
    }
}
