using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>
/// The matrix product of a linear layer, x W for every position, with whichever of libtorch's two math libraries is faster on this processor.
/// </summary>
/// <remarks>
/// libtorch multiplies float32 matrices with MKL, which uses 256-bit registers and simpler kernels on processors of other vendors than Intel. Its convolutions
/// come from oneDNN, which uses all instruction sets of the processor. On such processors the same product as a 1x1 convolution takes half the time with
/// 512-bit registers and four fifths of it with 256-bit registers, in both directions (the benchmark `network-parts` compares them). The choice depends only on
/// the processor, never on a measurement, so that a machine always gives the same results.
/// </remarks>
internal static class LinearProduct
{
    /// <summary>With fewer positions, as in decoding, a convolution's setup costs more than it saves.</summary>
    private const int MinConvolutionPositions = 16;

    private static readonly bool PrefersConvolution = Avx2.IsSupported && !IsIntel();

    /// <summary>(B, T, in) and W (in, out) → (B, T, out).</summary>
    internal static Tensor Apply(Tensor input, Tensor weight)
    {
        var isConvolution = PrefersConvolution && input.dtype == ScalarType.Float32 && input.device_type == TorchSharp.DeviceType.CPU
            && input.dim() == 3 && input.shape[1] >= MinConvolutionPositions;
        return isConvolution ? Convolve(input, weight) : matmul(input, weight);
    }

    /// <summary>The product as a 1x1 convolution, with the positions as an image of one row in channels-last layout.</summary>
    internal static Tensor Convolve(Tensor input, Tensor weight)
    {
        using var channels = input.transpose(1, 2);
        using var image = channels.unsqueeze(2); // (B, in, 1, T)
        using var turned = weight.t();
        using var wide = turned.unsqueeze(2);
        using var kernel = wide.unsqueeze(3); // (out, in, 1, 1)
        using var result = nn.functional.conv2d(image, kernel);
        using var row = result.squeeze(2);
        return row.transpose(1, 2);
    }

    private static bool IsIntel()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        return MemoryMarshal.AsBytes<int>([b, d, c]).SequenceEqual("GenuineIntel"u8);
    }
}
