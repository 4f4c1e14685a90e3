using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Widens values to float32 for sums, in networks that compute in a narrower type.</summary>
internal static class Widening
{
    /// <summary>The values as float32 if their type is narrower, otherwise unchanged. The caller disposes the result.</summary>
    internal static Tensor Widen(Tensor values) => values.element_size() < sizeof(float) ? values.to(ScalarType.Float32) : values.alias();
}
