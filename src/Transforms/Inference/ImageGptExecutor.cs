using IGptMl.Kernels;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Runs a network without gradients: full passes, and continuing sequences with a cache. It decides how much is computed at once.</summary>
/// <remarks>Several threads may use an executor at the same time. It reads the network's weights, which must not change, and belong to the caller.</remarks>
internal abstract class ImageGptExecutor
{
    /// <summary>The rows that are given to an executor at once unless somebody says otherwise: enough that all threads of a large machine get some.</summary>
    internal const int DefaultRows = 32;

    private protected ImageGptExecutor(ImageGptConfig config) => Config = config;

    /// <summary>The architecture.</summary>
    internal ImageGptConfig Config { get; }

    /// <summary>The threads that continue sequences at the same time, each with a decoder of its own.</summary>
    internal abstract int DecodingThreads { get; }

    /// <summary>The number of sequences that a decoder continues at its best speed.</summary>
    internal abstract int DecodingRows { get; }

    /// <summary>The executor for a network on a device: kernels on a CPU that has registers for them, else the network's modules.</summary>
    internal static ImageGptExecutor Create(ImageGptNetwork network, torch.Device device)
        => device.type == DeviceType.CPU && RegisterWidth.Widest > 0 ? OfKernels(network, RegisterWidth.Widest) : OfModules(network, device);

    /// <summary>The executor of kernels with registers of that many bits.</summary>
    internal static ImageGptExecutor OfKernels(ImageGptNetwork network, int bits) => RegisterWidth.Run(new Creation(network), bits);

    /// <summary>The executor of the network's modules, which are on that device.</summary>
    internal static ImageGptExecutor OfModules(ImageGptNetwork network, torch.Device device) => new ModuleExecutor(network, device);

    /// <summary>
    /// The position-averaged representations of several layers in one pass (paper, section 2.4): layer l &lt; L is the normed input of block l, layer L
    /// the final norm's output. No block above the deepest layer is run.
    /// </summary>
    /// <param name="tokens">(rows, T).</param>
    /// <param name="rows">The number of images.</param>
    /// <param name="layers">The layers, 0 to L, in any order.</param>
    /// <param name="mask">The hidden tokens of a masked model; null hides none.</param>
    /// <param name="features">Receives (rows, layers, d).</param>
    internal abstract void Features(ReadOnlySpan<ushort> tokens, int rows, IReadOnlyList<int> layers, TokenMask? mask, Span<float> features);

    /// <summary>
    /// Autoregressive, without a mask: -ln p(token | tokens before it) of every token. Masked, with a mask: -ln p(token | tokens not hidden) of every hidden
    /// token, and NaN for the others, which nobody asks for.
    /// </summary>
    /// <param name="tokens">(rows, T).</param>
    /// <param name="rows">The number of images.</param>
    /// <param name="mask">The hidden tokens.</param>
    /// <param name="nats">Receives (rows, T).</param>
    internal abstract void NegativeLogLikelihood(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> nats);

    /// <summary>A decoder for that many sequences at once; the caller disposes it. The model must be autoregressive.</summary>
    internal abstract IDecoder CreateDecoder(int capacity);

    /// <summary>A masked model must never be run as an autoregressive one, nor the other way round: the results would look like results.</summary>
    private protected void Require(TokenMask? mask)
        => Config.Require(mask is null ? PretrainingObjective.Autoregressive : PretrainingObjective.Masked);

    private sealed record Creation(ImageGptNetwork Network) : IRegisterFunction<ImageGptExecutor>
    {
        public ImageGptExecutor Invoke<TLanes, TVector>()
            where TLanes : ILanes<TVector>
            where TVector : struct
            => new KernelExecutor<TLanes, TVector>(Network);
    }
}
