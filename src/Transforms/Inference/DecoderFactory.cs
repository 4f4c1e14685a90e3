using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Network;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>Makes decoders for a network, by whichever way is the faster one for its size and device.</summary>
/// <remarks>
/// The choice depends on the architecture and the processor alone, never on a measurement, so that the same machine gives the same pictures. The
/// benchmark `sampling` compares both ways.
/// </remarks>
internal abstract class DecoderFactory
{
    /// <summary>Above so many parameters, the threads that libtorch puts on one product beat one product a thread.</summary>
    private const long MaxParameters = 32_000_000;

    /// <summary>A thread's sequences share one reading of the weights, as long as their keys and values do not drive each other out of the processor's cache.</summary>
    private const int MinRowsPerThread = 4, MaxRowsPerThread = 16, CachedBytesPerThread = 8 << 20;

    private const int MaxRows = 128;

    /// <summary>The threads that continue sequences at the same time, each with a decoder of its own.</summary>
    internal abstract int Threads { get; }

    /// <summary>The greatest number of sequences that a decoder continues.</summary>
    internal abstract int Rows { get; }

    /// <summary>A decoder; the caller disposes it.</summary>
    internal abstract IDecoder Create(int capacity);

    /// <summary>The faster way for the network on that device.</summary>
    internal static DecoderFactory For(ImageGptNetwork network, Device device)
        => device.type == TorchSharp.DeviceType.CPU && Vector256.IsHardwareAccelerated && network.Config.ParameterCount <= MaxParameters ? Cpu(network) : Torch(network, device);

    /// <summary>The way without libtorch; it copies the weights.</summary>
    internal static DecoderFactory Cpu(ImageGptNetwork network)
    {
        network.Require(PretrainingObjective.Autoregressive);
        return Vector512.IsHardwareAccelerated
            ? new CpuFactory<Lanes512, Vector512<float>>(network)
            : new CpuFactory<Lanes256, Vector256<float>>(network);
    }

    /// <summary>The way by libtorch.</summary>
    internal static DecoderFactory Torch(ImageGptNetwork network, Device device)
    {
        network.Require(PretrainingObjective.Autoregressive);
        return new TorchFactory(network, device);
    }

    private sealed class CpuFactory<TLanes, TVector>(ImageGptNetwork network) : DecoderFactory
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        private readonly DecodingWeights<TLanes, TVector> _weights = new(network);

        internal override int Threads { get; } = get_num_threads();

        internal override int Rows { get; } = (int)Math.Clamp(CachedBytesPerThread / BytesPerRow(network.Config), MinRowsPerThread, MaxRowsPerThread);

        internal override IDecoder Create(int capacity) => new CpuDecoder<TLanes, TVector>(_weights, capacity);

        /// <summary>The keys and values of all layers and positions.</summary>
        private static long BytesPerRow(ImageGptConfig config) => 2L * config.Layers * config.ContextLength * config.EmbeddingSize * sizeof(float);
    }

    private sealed class TorchFactory(ImageGptNetwork network, Device device) : DecoderFactory
    {
        internal override int Threads => 1;

        internal override int Rows => MaxRows;

        internal override IDecoder Create(int capacity) => new TorchDecoder(network, capacity, device);
    }
}
