using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>Copies of weights in the layout that kernels read.</summary>
internal static class HostWeight
{
    /// <summary>The weight as contiguous float32 on the CPU, without a copy if it already is. The caller disposes the tensor.</summary>
    internal static Tensor Of(Tensor weight)
    {
        using var values = weight.detach();
        using var single = values.to(ScalarType.Float32);
        using var host = single.cpu();
        return host.contiguous();
    }
}
