using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Inference;

/// <summary>The attention of this library's kernels, for the networks that are trained.</summary>
internal static class AttentionKernels
{
    /// <summary>Gives it to the network's modules, which do not know kernels, before the first of them is made.</summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The network must not know the kernels, and whoever makes a network should not have to.")]
    internal static void Register() => SelfAttention.Kernel = RegisterWidth.Widest > 0 ? Create(RegisterWidth.Widest) : null;

    /// <summary>The attention with registers of that many bits.</summary>
    internal static IAttentionKernel Create(int bits) => RegisterWidth.Run(new Creation(), bits);

    private readonly struct Creation : IRegisterFunction<IAttentionKernel>
    {
        public IAttentionKernel Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
            => new CpuAttention<TLanes, TVector>();
    }
}
