using IGptMl.Kernels;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Runs a network on the CPU with the kernels of this library, for one register width.</summary>
/// <remarks>
/// libtorch writes the activations of every operation to memory and reads them again. On the processors that were measured, its matrix products reach two
/// thirds of the speed of these kernels (the benchmark `network-parts` compares them). Here a thread runs an image through all blocks while its rows are in the
/// cache. The results of an image are bitwise independent of the other images of the batch and of the number of threads: every sum is one chain of additions in
/// a fixed order.
/// </remarks>
internal sealed class KernelExecutor<TLanes, TVector> : ImageGptExecutor
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>
    /// Above this number of parameters, the weights do not fit a core's cache, and dividing each matrix product among all threads is faster than one decoder
    /// per thread.
    /// </summary>
    private const long MaxParametersPerThread = 32_000_000;

    /// <summary>
    /// The sequences of a thread share one pass over the weights. Their number is limited so that their keys and values fit the core's cache.
    /// </summary>
    private const int MinRowsPerThread = 4, MaxRowsPerThread = 16, CachedBytesPerThread = 8 << 20;

    private const int MaxRowsTogether = 64;

    private readonly ImageGptNetwork _network;
    private readonly PackedWeights<TLanes, TVector> _weights;
    private readonly FullPass<TLanes, TVector> _pass;

    internal KernelExecutor(ImageGptNetwork network)
        : base(network.Config)
    {
        _network = network;
        _weights = new PackedWeights<TLanes, TVector>(network);
        _pass = new FullPass<TLanes, TVector>(_weights);
    }

    /// <inheritdoc/>
    internal override int DecodingThreads => DecodesTogether ? 1 : KernelThreads.Count;

    /// <inheritdoc/>
    internal override int DecodingRows => DecodesTogether
        ? MaxRowsTogether
        : (int)Math.Clamp(CachedBytesPerThread / BytesPerSequence, MinRowsPerThread, MaxRowsPerThread);

    private bool DecodesTogether => Config.ParameterCount > MaxParametersPerThread;

    /// <summary>The size of a sequence's keys and values, for all layers and positions.</summary>
    private long BytesPerSequence => 2L * Config.Layers * Config.ContextLength * Config.EmbeddingSize * sizeof(float);

    /// <inheritdoc/>
    internal override void Features(ReadOnlySpan<ushort> tokens, int rows, IReadOnlyList<int> layers, TokenMask? mask, Span<float> features)
    {
        if (mask is not null)
        {
            Config.Require(PretrainingObjective.Masked);
        }

        _pass.Features(tokens, rows, layers, mask, features);
    }

    /// <inheritdoc/>
    internal override void NegativeLogLikelihood(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> nats)
    {
        Require(mask);
        _pass.NegativeLogLikelihood(tokens, rows, mask, nats);
    }

    /// <inheritdoc/>
    internal override IDecoder CreateDecoder(int capacity)
    {
        Config.Require(PretrainingObjective.Autoregressive);
        return _weights.KeepsBlocks
            ? new KernelDecoder<TLanes, TVector>(_weights, capacity, DecodesTogether)
            : new ModuleDecoder(_network, capacity, torch.CPU);
    }
}
