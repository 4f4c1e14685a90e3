using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>A weight as kernels read it.</summary>
internal static class HostWeight
{
    /// <summary>The weight as contiguous float32 on the CPU, without a copy where it is that already; the caller disposes it.</summary>
    internal static Tensor Of(Tensor weight)
    {
        using var values = weight.detach();
        using var single = values.to(ScalarType.Float32);
        using var host = single.cpu();
        return host.contiguous();
    }
}
