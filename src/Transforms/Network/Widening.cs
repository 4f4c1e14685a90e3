using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Sums in float32 for networks that compute in a shorter type.</summary>
internal static class Widening
{
    /// <summary>The values as float32 if their type is shorter, otherwise unchanged. The caller disposes the result.</summary>
    internal static Tensor Widen(Tensor values) => values.element_size() < sizeof(float) ? values.to(ScalarType.Float32) : values.alias();
}
