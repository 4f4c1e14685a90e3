namespace IGptMl;

/// <summary>The numbers that a training step computes with. What is learned, and Adam's moments, are float32 always.</summary>
public enum TrainingPrecision
{
    /// <summary>float32 throughout, as the paper's models were trained (appendix A.1).</summary>
    Float32,

    /// <summary>
    /// float32, but matrix products on NVIDIA GPUs of 2020 and later round their factors to TensorFloat-32 (10 bits of mantissa). Elsewhere as <see
    /// cref="Float32"/>.
    /// </summary>
    TensorFloat32,

    /// <summary>
    /// bfloat16 (7 bits of mantissa), in which GPUs are fastest; the sums of squares of the norms and the cross-entropy are float32. Attention's softmax is
    /// summed up in float32 by the kernels. On a CPU without instructions for it, this is slower than float32.
    /// </summary>
    BFloat16,
}
