using static TorchSharp.torch;

namespace IGptMl.Network;

/// <summary>Where the numbers of a tensor lie.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first number of a contiguous float32 tensor on the CPU; it is good as long as the tensor lives.</summary>
    internal static float* Of(Tensor tensor)
    {
        fixed (byte* pointer = tensor.bytes)
        {
            return (float*)pointer; // the tensor's memory is native and does not move
        }
    }
}
