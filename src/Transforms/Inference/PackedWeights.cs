using IGptMl.Kernels;
using IGptMl.Network;
using IGptMl.Numerics;
using static TorchSharp.torch;

namespace IGptMl.Inference;

/// <summary>The weights of a network in the layout that the kernels read. A block is packed on first use and shared by all threads.</summary>
/// <remarks>
/// The packed weights are a second copy of the blocks in use. Models larger than <see cref="MaxKeptBytes"/> keep no copy: their blocks are packed again for
/// each pass.
/// </remarks>
internal sealed unsafe class PackedWeights<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private const long MaxKeptBytes = 4L << 30;

    private readonly ImageGptWeights _source;
    private readonly PackedBlock<TLanes, TVector>?[] _blocks;
    private readonly Lock _lock = new();
    private FloatBuffer? _headMemory;
    private PackedMatrix<TLanes, TVector>? _head;

    internal PackedWeights(ImageGptNetwork network)
    {
        Config = network.Config;
        Shape = new PackedShape<TLanes, TVector>(Config);
        _source = network.Weights;
        _blocks = new PackedBlock<TLanes, TVector>?[Config.Layers];
        Tokens = Read(_source.Tokens);
        Positions = Read(_source.Positions);
        Gains = [.. _source.Blocks.Select(block => Read(block.Gain1)), Read(_source.FinalGain)];
    }

    internal ImageGptConfig Config { get; }

    internal PackedShape<TLanes, TVector> Shape { get; }

    /// <summary>The token embeddings, (K, d), or (K + 1, d) for an autoregressive model, whose last row is the start-of-sequence embedding.</summary>
    internal float[] Tokens { get; }

    /// <summary>(T, d).</summary>
    internal float[] Positions { get; }

    /// <summary>The gains (d) of the norms of the L block inputs, followed by the gain of the final norm.</summary>
    internal IReadOnlyList<float[]> Gains { get; }

    /// <summary>Whether packed blocks are kept.</summary>
    internal bool KeepsBlocks => Config.Layers * Shape.BlockLength * sizeof(float) <= MaxKeptBytes;

    /// <summary>The output head, (d, K), with the gain of the final norm folded in.</summary>
    internal PackedMatrix<TLanes, TVector> Head
    {
        get
        {
            lock (_lock)
            {
                return _head ??= PackHead();
            }
        }
    }

    /// <summary>Gets a packed block, which is kept. Valid only if <see cref="KeepsBlocks"/> is true.</summary>
    internal PackedBlock<TLanes, TVector> Block(int layer)
    {
        lock (_lock)
        {
            return _blocks[layer] ??= Pack(layer, new PackedBlock<TLanes, TVector>(Shape, isKept: true));
        }
    }

    /// <summary>Packs a block into existing memory.</summary>
    internal PackedBlock<TLanes, TVector> Pack(int layer, PackedBlock<TLanes, TVector> target)
    {
        target.Fill(_source.Blocks[layer]);
        return target;
    }

    private PackedMatrix<TLanes, TVector> PackHead()
    {
        var (d, colors) = (Config.EmbeddingSize, Config.Colors);
        using var head = HostWeight.Of(_source.Head);
        using var turned = head.t();
        using var columns = turned.contiguous();
        using var gain = HostWeight.Of(_source.FinalGain);
        _headMemory = FloatBuffer.Allocate(PackedMatrix<TLanes, TVector>.Size(d, colors));
        var packed = new PackedMatrix<TLanes, TVector>(_headMemory.Pointer, d, colors);
        KernelThreads.Run(packed.Panels, panel => packed.Fill(panel, TensorMemory.Of(columns), TensorMemory.Of(gain), 1));
        return packed;
    }

    private static float[] Read(Tensor weight)
    {
        using var host = HostWeight.Of(weight);
        return host.data<float>().ToArray();
    }
}
