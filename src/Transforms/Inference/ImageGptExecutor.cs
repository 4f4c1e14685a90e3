using IGptMl.Kernels;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Runs a network without gradients: full passes, and cached decoding of sequences. It decides how much is computed at once.</summary>
/// <remarks>An executor is thread-safe. It reads the network's weights, which belong to the caller and must not change.</remarks>
internal abstract class ImageGptExecutor
{
    /// <summary>The default number of rows per call: enough to occupy all threads of a large machine.</summary>
    internal const int DefaultRows = 32;

    private protected ImageGptExecutor(ImageGptConfig config) => Config = config;

    /// <summary>The architecture.</summary>
    internal ImageGptConfig Config { get; }

    /// <summary>The number of threads that decode at the same time, each with its own decoder.</summary>
    internal abstract int DecodingThreads { get; }

    /// <summary>The number of sequences per decoder that gives the highest throughput.</summary>
    internal abstract int DecodingRows { get; }

    /// <summary>Creates the executor for a network on a device: kernels on a CPU with wide enough registers, otherwise the network's modules.</summary>
    internal static ImageGptExecutor Create(ImageGptNetwork network, torch.Device device)
        => device.type == DeviceType.CPU && RegisterWidth.Widest > 0 ? OfKernels(network, RegisterWidth.Widest) : OfModules(network, device);

    /// <summary>Creates an executor that uses kernels for a register width in bits.</summary>
    internal static ImageGptExecutor OfKernels(ImageGptNetwork network, int bits) => RegisterWidth.Run(new Creation(network), bits);

    /// <summary>Creates an executor that uses the network's modules, which must be on the device.</summary>
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
    /// token, and NaN for the others, which are not predicted.
    /// </summary>
    /// <param name="tokens">(rows, T).</param>
    /// <param name="rows">The number of images.</param>
    /// <param name="mask">The hidden tokens.</param>
    /// <param name="nats">Receives (rows, T).</param>
    internal abstract void NegativeLogLikelihood(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> nats);

    /// <summary>Creates a decoder for up to <paramref name="capacity"/> sequences at once. The caller disposes it. The model must be autoregressive.</summary>
    internal abstract IDecoder CreateDecoder(int capacity);

    /// <summary>Throws if a masked model is run as an autoregressive one, or the reverse: the values would be plausible but wrong.</summary>
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
