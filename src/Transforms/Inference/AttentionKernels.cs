using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Inference;

/// <summary>Provides the attention kernel of this library to networks in training.</summary>
internal static class AttentionKernels
{
    /// <summary>Registers the kernel with the network's modules, which do not depend on kernels, before any of them is created.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The network must not depend on kernels, and code that creates a network need not register them.")]
    internal static void Register() => SelfAttention.Kernel = RegisterWidth.Widest > 0 ? Create(RegisterWidth.Widest) : null;

    /// <summary>The attention kernel for a register width in bits.</summary>
    internal static IAttentionKernel Create(int bits) => RegisterWidth.Run(new Creation(), bits);

    private readonly struct Creation : IRegisterFunction<IAttentionKernel>
    {
        public IAttentionKernel Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
            => new CpuAttention<TLanes, TVector>();
    }
}
