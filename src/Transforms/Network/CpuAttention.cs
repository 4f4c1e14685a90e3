using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Attention over projected (B, T, 3d) float32 on the CPU, forwards and backwards, straight from and to the layout of the projections.</summary>
/// <remarks>
/// libtorch's fused kernel wants heads apart, which costs a copy of everything both ways, and its backward pass takes three times as long at the head
/// sizes of small models (the benchmark `network-parts` compares).
/// </remarks>
internal sealed unsafe class CpuAttention : autograd.SingleTensorFunction<CpuAttention>
{
    /// <inheritdoc/>
    public override string Name => nameof(CpuAttention);

    private static int Lanes => Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector256<float>.Count;

    /// <summary>Whether the kernel takes this input.</summary>
    internal static bool Supports(Tensor projected, int heads) => Supports(projected, (int)projected.shape[2] / 3, heads);

    /// <summary>Whether the kernels take activations such as these, and heads of that size.</summary>
    internal static bool Supports(Tensor activations, int embeddingSize, int heads) =>
        activations.device_type == TorchSharp.DeviceType.CPU && activations.dtype == ScalarType.Float32 && activations.is_contiguous()
        && Vector256.IsHardwareAccelerated && embeddingSize / heads % Lanes == 0;

    /// <summary>Queries, keys and values side by side (B, T, 3d) → (B, T, d).</summary>
    internal static Tensor Attend(Tensor projected, int heads, bool causal)
    {
        if (is_grad_enabled() && projected.requires_grad)
        {
            return apply(projected, heads, causal);
        }

        using var logSums = LogSums(projected, heads);
        return Forward(projected, logSums, heads, causal);
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var (projected, heads, causal) = ((Tensor)vars[0], (int)vars[1], (bool)vars[2]);
        var logSums = LogSums(projected, heads);
        var output = Forward(projected, logSums, heads, causal);
        ctx.save_for_backward([projected, output, logSums]);
        ctx.save_data("heads", heads);
        ctx.save_data("causal", causal);
        return output;
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        using var projected = saved[0];
        using var output = saved[1];
        using var logSums = saved[2];
        using var gradient = grad_output.contiguous();
        return [Backward(projected, output, gradient, logSums, (int)ctx.get_data("heads"), (bool)ctx.get_data("causal")), null!, null!];
    }

    private static Tensor LogSums(Tensor projected, int heads) => empty([projected.shape[0], heads, projected.shape[1]]);

    private static Tensor Forward(Tensor projected, Tensor logSums, int heads, bool causal)
    {
        var (b, t, d) = ((int)projected.shape[0], (int)projected.shape[1], (int)projected.shape[2] / 3);
        var output = empty([b, t, d]);
        float* input = TensorMemory.Of(projected), result = TensorMemory.Of(output), sums = TensorMemory.Of(logSums);
        var size = d / heads;
        KernelThreads.Run(b * heads, i =>
        {
            var (image, head) = (i / heads, i % heads);
            var q = input + ((nint)image * t * 3 * d) + (head * size);
            var o = result + ((nint)image * t * d) + (head * size);
            if (Vector512.IsHardwareAccelerated)
            {
                AttentionKernel<Lanes512, Vector512<float>>.Forward(q, q + d, q + (2 * d), 3 * d, o, d, sums + (i * t), t, size, causal);
            }
            else
            {
                AttentionKernel<Lanes256, Vector256<float>>.Forward(q, q + d, q + (2 * d), 3 * d, o, d, sums + (i * t), t, size, causal);
            }
        });
        return output;
    }

    private static Tensor Backward(Tensor projected, Tensor output, Tensor outputGradient, Tensor logSums, int heads, bool causal)
    {
        var (b, t, d) = ((int)projected.shape[0], (int)projected.shape[1], (int)projected.shape[2] / 3);
        var gradient = empty([b, t, 3 * d]);
        float* input = TensorMemory.Of(projected), result = TensorMemory.Of(output), above = TensorMemory.Of(outputGradient), sums = TensorMemory.Of(logSums), below = TensorMemory.Of(gradient);
        var size = d / heads;
        KernelThreads.Run(b * heads, i =>
        {
            var (image, head) = (i / heads, i % heads);
            var inside = ((nint)image * t * 3 * d) + (head * size);
            var outside = ((nint)image * t * d) + (head * size);
            float* q = input + inside, dq = below + inside;
            if (Vector512.IsHardwareAccelerated)
            {
                AttentionKernel<Lanes512, Vector512<float>>.Backward(q, q + d, q + (2 * d), 3 * d, result + outside, above + outside, d, sums + (i * t), dq, dq + d, dq + (2 * d), t, size, causal);
            }
            else
            {
                AttentionKernel<Lanes256, Vector256<float>>.Backward(q, q + d, q + (2 * d), 3 * d, result + outside, above + outside, d, sums + (i * t), dq, dq + d, dq + (2 * d), t, size, causal);
            }
        });
        return gradient;
    }
}
