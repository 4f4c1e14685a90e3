using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace IGptMl.Network;

/// <summary>Registers of 256 bits.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    /// <inheritdoc/>
    public static int Count => Vector256<float>.Count;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> vector, float* destination) => vector.Store(destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> a)
    {
        var x = Vector256.MinNative(Vector256.Create(Exponential.Max), Vector256.MaxNative(Vector256.Create(Exponential.Min), a)); // in this order, what is not a number stays so
        var shifted = Vector256.FusedMultiplyAdd(x, Vector256.Create(Exponential.Log2E), Vector256.Create(Exponential.Rounding));
        var n = shifted - Vector256.Create(Exponential.Rounding);
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Exponential.Ln2Low), Vector256.FusedMultiplyAdd(n, Vector256.Create(-Exponential.Ln2High), x));
        var sum = Vector256.Create(1 / 5040f);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 720f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 120f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 24f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 6f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 2f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1f));
        return sum * ((shifted.AsInt32() << Exponential.ExponentBit) + Vector256.Create(1f).AsInt32()).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> a) => Vector256.Sum(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(Vector256<float> a)
    {
        var max = a[0];
        for (var i = 1; i < Vector256<float>.Count; i++)
        {
            max = Math.Max(max, a[i]);
        }

        return max;
    }
}
