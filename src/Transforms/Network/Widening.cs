using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Types for sums, in a network that computes in another one.</summary>
internal static class Widening
{
    /// <summary>As float32 where the type is shorter, and as it is where it is not; the caller disposes it.</summary>
    internal static Tensor Widen(Tensor values) => values.element_size() < sizeof(float) ? values.to(ScalarType.Float32) : values.alias();
}
