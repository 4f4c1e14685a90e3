using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>Provides the training pass of this library to networks.</summary>
internal static class GradientKernels
{
    /// <summary>Registers the training pass with the networks, which do not depend on kernels, before any of them is created.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The network must not depend on kernels, and code that creates a network need not register them.")]
    internal static void Register() => ImageGptNetwork.GradientKernel = RegisterWidth.Widest > 0 ? Create(RegisterWidth.Widest) : null;

    /// <summary>The training pass for a register width in bits.</summary>
    internal static IGradientKernel Create(int bits) => RegisterWidth.Run(new Creation(), bits);

    private readonly struct Creation : IRegisterFunction<IGradientKernel>
    {
        public IGradientKernel Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
            => new CpuGradients<TLanes, TVector>();
    }
}
