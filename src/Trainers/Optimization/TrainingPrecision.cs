namespace IGptMl;

/// <summary>The precision in which a training step computes. The learned weights and Adam's moments are always float32.</summary>
public enum TrainingPrecision
{
    /// <summary>float32 throughout, as the paper's models were trained (appendix A.1).</summary>
    Float32,

    /// <summary>
    /// float32, but matrix products on NVIDIA GPUs of 2020 and later round their operands to TensorFloat-32 (10 bits of mantissa). On other devices the same as
    /// <see cref="Float32"/>.
    /// </summary>
    TensorFloat32,

    /// <summary>
    /// bfloat16 (7 bits of mantissa), the fastest type on GPUs. The sums of squares of the norms, the cross-entropy and the sums of attention's softmax are
    /// float32. On a CPU without bfloat16 instructions this is slower than float32.
    /// </summary>
    BFloat16,
}
