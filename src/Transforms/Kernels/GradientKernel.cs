using System.Runtime.CompilerServices;

namespace IGptMl.Kernels;

/// <summary>The element-wise operations of a training step, forward and backward, on rows whose lengths are multiples of the register width.</summary>
internal static unsafe class GradientKernel<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>y ← g · x / sqrt(mean(x²) + ε), the norm with its gain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Norm(float* x, float* gain, float* y, int size, float epsilon)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.AreApart(y, size, x, size);
        var scale = TLanes.Broadcast(1 / MathF.Sqrt((VectorKernel<TLanes, TVector>.Dot(x, x, size) / size) + epsilon));
        for (var i = 0; i < size; i += TLanes.Count)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(TLanes.Load(x + i), scale), TLanes.Load(gain + i)), y + i);
        }
    }

    /// <summary>
    /// The backward pass of y = g · n with n = x · s, s = 1 / sqrt(mean(x²) + ε): for the gradient G of y, g' += n · G, and
    /// below ← above + s · (G · g - n · mean(G · g · n)).
    /// </summary>
    /// <param name="x">The norm's input.</param>
    /// <param name="gain">The gain g; null for a norm without one.</param>
    /// <param name="gradient">The gradient G of the norm's output.</param>
    /// <param name="above">The gradient of x by another way, which is added; null for none.</param>
    /// <param name="below">Receives the gradient of x; may be <paramref name="above"/>.</param>
    /// <param name="gainGradient">The sum of the gradients of g, to which this row's is added; null if there is no gain.</param>
    /// <param name="size">The number of elements.</param>
    /// <param name="epsilon">The ε.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void NormBackward(float* x, float* gain, float* gradient, float* above, float* below, float* gainGradient, int size, float epsilon)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.AreApart(below, size, x, size);
        KernelAssert.AreApart(below, size, gradient, size);
        var s = 1 / MathF.Sqrt((VectorKernel<TLanes, TVector>.Dot(x, x, size) / size) + epsilon);
        var (scale, sum) = (TLanes.Broadcast(s), default(TVector));
        for (var i = 0; i < size; i += TLanes.Count)
        {
            var product = TLanes.Multiply(TLanes.Multiply(TLanes.Load(x + i), scale), TLanes.Load(gradient + i));
            if (gain is not null)
            {
                TLanes.Store(TLanes.Add(TLanes.Load(gainGradient + i), product), gainGradient + i);
                product = TLanes.Multiply(product, TLanes.Load(gain + i));
            }

            sum = TLanes.Add(sum, product);
        }

        var mean = TLanes.Broadcast(-s * TLanes.Sum(sum) / size); // of G · g · n, times -s
        for (var i = 0; i < size; i += TLanes.Count)
        {
            var inner = TLanes.Load(gradient + i);
            if (gain is not null)
            {
                inner = TLanes.Multiply(inner, TLanes.Load(gain + i));
            }

            var result = TLanes.Multiply(scale, TLanes.MultiplyAdd(TLanes.Load(x + i), mean, inner));
            TLanes.Store(above is null ? result : TLanes.Add(TLanes.Load(above + i), result), below + i);
        }
    }

    /// <summary>Quick-GELU: y ← x · σ(f x), with the factor f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Gelu(float* x, float* y, int size, float factor)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.AreApart(y, size, x, size);
        var (one, minus) = (TLanes.Broadcast(1), TLanes.Broadcast(-factor));
        for (var i = 0; i < size; i += TLanes.Count)
        {
            var value = TLanes.Load(x + i);
            TLanes.Store(TLanes.Divide(value, TLanes.Add(one, Exponential.Of<TLanes, TVector>(TLanes.Multiply(value, minus)))), y + i);
        }
    }

    /// <summary>
    /// In place: the input x of quick-GELU becomes its output y = x · σ(f x), and the gradient G of y becomes that of x, G · (σ + f y (1 - σ)).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void GeluBackward(float* x, float* gradient, int size, float factor)
    {
        KernelAssert.IsMultiple(size, TLanes.Count);
        KernelAssert.AreApart(x, size, gradient, size);
        var (one, minus, plus) = (TLanes.Broadcast(1), TLanes.Broadcast(-factor), TLanes.Broadcast(factor));
        for (var i = 0; i < size; i += TLanes.Count)
        {
            var value = TLanes.Load(x + i);
            var sigmoid = TLanes.Divide(one, TLanes.Add(one, Exponential.Of<TLanes, TVector>(TLanes.Multiply(value, minus))));
            var y = TLanes.Multiply(value, sigmoid);
            var slope = TLanes.MultiplyAdd(TLanes.Multiply(plus, y), TLanes.Subtract(one, sigmoid), sigmoid);
            TLanes.Store(y, x + i);
            TLanes.Store(TLanes.Multiply(TLanes.Load(gradient + i), slope), gradient + i);
        }
    }

    /// <summary>
    /// The cross-entropy -ln softmax(logits)[target] of a row. The logits become the gradient of weight · cross-entropy, weight · (softmax - onehot).
    /// </summary>
    /// <param name="logits">The logits; their padding to whole registers becomes zero.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="target">The index of the right class.</param>
    /// <param name="weight">The weight of the row in the loss.</param>
    internal static double CrossEntropy(float* logits, int classes, int target, float weight)
    {
        var padded = VectorKernel<TLanes, TVector>.Rounded(classes);
        KernelAssert.IsAtLeast(classes - 1, target);
        new Span<float>(logits + classes, padded - classes).Fill(float.NegativeInfinity);
        var max = VectorKernel<TLanes, TVector>.Max(logits, padded);
        var own = logits[target] - max;
        var sum = VectorKernel<TLanes, TVector>.Exponentials(logits, padded, 1, -max);
        VectorKernel<TLanes, TVector>.Scale(logits, padded, weight / sum);
        logits[target] -= weight;
        new Span<float>(logits + classes, padded - classes).Clear();
        return MathF.Log(sum) - own;
    }
}
