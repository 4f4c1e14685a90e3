using static TorchSharp.torch;

namespace IGptMl.Numerics;

/// <summary>Access to a tensor's raw data.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The first element of a contiguous float32 tensor on the CPU. The pointer is valid until the tensor is disposed or collected.</summary>
    internal static float* Of(Tensor tensor)
    {
        fixed (byte* pointer = tensor.bytes)
        {
            return (float*)pointer; // the tensor's memory is native and does not move
        }
    }
}
