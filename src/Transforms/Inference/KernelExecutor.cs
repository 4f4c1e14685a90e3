using IGptMl.Kernels;
using IGptMl.Network;
using TorchSharp;

namespace IGptMl.Inference;

/// <summary>Runs a network on the CPU in kernels of this library, for one width of registers.</summary>
/// <remarks>
/// libtorch writes every step's activations to memory and reads them again, and its matrix products reach two thirds of the speed of these kernels on the
/// processors that were measured (the benchmark `network-parts` compares). Here a thread takes an image through all blocks while its rows are in the cache.
/// The results of an image depend neither on the other images of the batch nor on the number of threads, bit for bit: every sum is one chain of additions
/// in a fixed order. A backward pass for training would use the same packed weights and the same block.
/// </remarks>
internal sealed class KernelExecutor<TLanes, TVector> : ImageGptExecutor
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>
    /// Above this size the weights do not fit a core's cache, and dividing each matrix product among all threads is faster than a decoder per thread.
    /// </summary>
    private const long MaxParametersPerThread = 32_000_000;

    /// <summary>The sequences of a thread share one pass over the weights, as long as their keys and values fit its cache.</summary>
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

    /// <summary>The keys and values of all layers and positions.</summary>
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
