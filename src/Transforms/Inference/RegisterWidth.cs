using System.Runtime.Intrinsics;
using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The width of the registers that kernels use: the one place where it is chosen.</summary>
internal static class RegisterWidth
{
    /// <summary>The bits of the widest registers that this processor computes with, 256 or 512, or 0 where there are no kernels for it.</summary>
    internal static int Widest => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0;

    /// <summary>Runs a function with registers of that many bits.</summary>
    internal static TResult Run<TResult>(IRegisterFunction<TResult> function, int bits) => bits switch
    {
        512 => function.Invoke<Lanes512, Vector512<float>>(),
        256 => function.Invoke<Lanes256, Vector256<float>>(),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Kernels have registers of 256 or 512 bits."),
    };
}
