using System.Runtime.Intrinsics;

namespace IGptMl.Kernels;

/// <summary>Chooses the register width for kernels.</summary>
internal static class RegisterWidth
{
    /// <summary>The widest accelerated register width of this processor in bits, 256 or 512; 0 if it has neither, so that kernels are not supported.</summary>
    internal static int Widest => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0;

    /// <summary>Runs a function for a register width in bits.</summary>
    internal static TResult Run<TResult>(IRegisterFunction<TResult> function, int bits) => bits switch
    {
        512 => function.Invoke<Lanes512, Vector512<float>>(),
        256 => function.Invoke<Lanes256, Vector256<float>>(),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "The register width of kernels must be 256 or 512 bits."),
    };
}
