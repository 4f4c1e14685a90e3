using IGptMl.Kernels;
using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>
/// Attention over float32 projections (B, T, 3d) on the CPU, for training: the forward and backward passes read and write the projections' own layout.
/// </summary>
/// <remarks>
/// libtorch's fused kernel needs each head to be contiguous, which costs a copy of all activations in both directions. Its backward pass takes three times as
/// long at the head sizes of small models (the benchmark `network-parts` compares them).
/// </remarks>
internal sealed unsafe class CpuAttention<TLanes, TVector> : IAttentionKernel
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <inheritdoc/>
    public bool Supports(Tensor projected, int heads) =>
        projected.device_type == TorchSharp.DeviceType.CPU && projected.dtype == ScalarType.Float32 && projected.is_contiguous()
        && projected.shape[2] / 3 / heads % TLanes.Count == 0;

    /// <inheritdoc/>
    public (Tensor Attended, Tensor LogSums) Forward(Tensor projected, int heads, bool causal)
    {
        var (b, t, d) = Sizes(projected);
        var output = empty([b, t, d]);
        var logSums = empty([b, heads, t]);
        float* input = TensorMemory.Of(projected), result = TensorMemory.Of(output), sums = TensorMemory.Of(logSums);
        var size = d / heads;
        var scale = 1 / MathF.Sqrt(size);
        KernelThreads.Run(b * heads, i =>
        {
            var (image, head) = (i / heads, i % heads);
            var q = input + ((nint)image * t * 3 * d) + (head * size);
            var o = result + ((nint)image * t * d) + (head * size);
            AttentionKernel<TLanes, TVector>.Forward(q, q + d, q + (2 * d), 3 * d, o, d, sums + ((nint)i * t), t, size, scale, causal);
        });
        return (output, logSums);
    }

    /// <inheritdoc/>
    public Tensor Backward(Tensor projected, Tensor attended, Tensor attendedGradient, Tensor logSums, int heads, bool causal)
    {
        var (b, t, d) = Sizes(projected);
        var gradient = empty([b, t, 3 * d]);
        float* input = TensorMemory.Of(projected), result = TensorMemory.Of(attended), above = TensorMemory.Of(attendedGradient);
        float* sums = TensorMemory.Of(logSums), below = TensorMemory.Of(gradient);
        var size = d / heads;
        var scale = 1 / MathF.Sqrt(size);
        KernelThreads.Run(b * heads, i =>
        {
            var (image, head) = (i / heads, i % heads);
            var inside = ((nint)image * t * 3 * d) + (head * size);
            var outside = ((nint)image * t * d) + (head * size);
            float* q = input + inside, dq = below + inside;
            AttentionKernel<TLanes, TVector>.Backward(
                q, q + d, q + (2 * d), 3 * d, result + outside, above + outside, d, sums + ((nint)i * t), dq, dq + d, dq + (2 * d), t, size, scale, causal);
        });
        return gradient;
    }

    private static (int Images, int Positions, int Size) Sizes(Tensor projected)
        => ((int)projected.shape[0], (int)projected.shape[1], (int)projected.shape[2] / 3);
}
