using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>
/// Element-wise operations and reductions over contiguous values. Counts are rounded up to whole registers: buffers must be padded accordingly, as the padding
/// is read and written.
/// </summary>
internal static unsafe class VectorKernel<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Rounds a count up to whole registers.</summary>
    internal static int Rounded(int count) => (count + TLanes.Count - 1) / TLanes.Count * TLanes.Count;

    /// <summary>The maximum of the values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Max(float* values, int count)
    {
        KernelAssert.IsAtLeast(count, 1);
        KernelAssert.IsThere(values, count);
        var max = TLanes.Load(values);
        for (var i = TLanes.Count; i < count; i += TLanes.Count)
        {
            max = TLanes.Max(max, TLanes.Load(values + i));
        }

        return TLanes.Max(max);
    }

    /// <summary>v ← exp(scale · v + shift); returns the sum of the results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Exponentials(float* values, int count, float scale, float shift)
    {
        KernelAssert.IsThere(values, count);
        var (factor, offset, sum) = (TLanes.Broadcast(scale), TLanes.Broadcast(shift), default(TVector));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var value = Exponential.Of<TLanes, TVector>(TLanes.MultiplyAdd(TLanes.Load(values + i), factor, offset));
            TLanes.Store(value, values + i);
            sum = TLanes.Add(sum, value);
        }

        return TLanes.Sum(sum);
    }

    /// <summary>Σ a b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static float Dot(float* a, float* b, int count)
    {
        KernelAssert.IsThere(a, count);
        KernelAssert.IsThere(b, count);
        var sum = default(TVector);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            sum = TLanes.MultiplyAdd(TLanes.Load(a + i), TLanes.Load(b + i), sum);
        }

        return TLanes.Sum(sum);
    }

    /// <summary>v ← factor · v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Scale(float* values, int count, float factor)
    {
        KernelAssert.IsThere(values, count);
        var wide = TLanes.Broadcast(factor);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(values + i), wide), values + i);
        }
    }

    /// <summary>s ← s + v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Add(float* values, float* sums, int count)
    {
        KernelAssert.AreApart(sums, count, values, count);
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(sums + i), TLanes.Load(values + i)), sums + i);
        }
    }

    /// <summary>r ← a · x + b · y; the result may be one of the operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Combine(float* x, float a, float* y, float b, float* result, int count)
    {
        KernelAssert.IsThere(x, count);
        KernelAssert.IsThere(y, count);
        KernelAssert.IsThere(result, count);
        var (first, second) = (TLanes.Broadcast(a), TLanes.Broadcast(b));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.MultiplyAdd(TLanes.Load(x + i), first, TLanes.Multiply(TLanes.Load(y + i), second)), result + i);
        }
    }

    /// <summary>x / sqrt(mean(x²) + ε), the norm without its gain. The mean is over <paramref name="size"/> elements; the padding after them is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Normalize(float* values, float* normalized, int count, int size, float epsilon)
    {
        KernelAssert.IsAtLeast(count, size);
        KernelAssert.AreApart(normalized, count, values, count);
        var scale = TLanes.Broadcast(1 / MathF.Sqrt((Dot(values, values, count) / size) + epsilon));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Load(values + i), scale), normalized + i);
        }
    }

    /// <summary>v ← v / (1 + exp(-v)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Silu(float* values, int count)
    {
        KernelAssert.IsThere(values, count);
        var (one, minusOne) = (TLanes.Broadcast(1), TLanes.Broadcast(-1));
        for (var i = 0; i < count; i += TLanes.Count)
        {
            var x = TLanes.Load(values + i);
            TLanes.Store(TLanes.Divide(x, TLanes.Add(one, Exponential.Of<TLanes, TVector>(TLanes.Multiply(x, minusOne)))), values + i);
        }
    }
}
