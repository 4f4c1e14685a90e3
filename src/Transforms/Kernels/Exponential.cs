using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>
/// exp(x) = 2ⁿ · exp(r), where n is the integer nearest to x / ln 2 and |r| ≤ ln(2) / 2. On this interval the Taylor polynomial of degree 7 is accurate to half
/// a unit in the last place (ULP) of float32.
/// </summary>
/// <remarks>
/// .NET's vector exponential computes in float64 and takes three to four times as long. Attention spends a third of its time in exponentials.
/// </remarks>
internal static class Exponential
{
    internal const float Log2E = 1.44269504f;

    /// <summary>ln 2 as a sum of two parts. The product of the first part and an integer up to 2⁹ is exact.</summary>
    internal const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>1.5 · 2²³: adding it rounds a value to an integer, which the lowest bits of the sum then hold.</summary>
    internal const float Rounding = 12582912f;

    /// <summary>The range of arguments for which 2ⁿ is a normal number. Arguments are clamped to it, so results range from 1e-38 to 2e38.</summary>
    internal const float Min = -87.33f, Max = 88.02f;

    /// <summary>The lowest bit of a float32's exponent.</summary>
    internal const int ExponentBit = 23;

    /// <summary>The exponential, accurate to 1 ULP and clamped to 1e-38 … 2e38. NaN propagates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Of<TLanes, TVector>(TVector a)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        var x = TLanes.Min(TLanes.Broadcast(Max), TLanes.Max(TLanes.Broadcast(Min), a)); // NaN propagates only in this order of the operands
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
