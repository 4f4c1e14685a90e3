using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>The weights of a network for a training pass, which changes their gradients.</summary>
internal sealed unsafe class TrainedNetwork<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly FloatBuffer _headMemory;

    internal TrainedNetwork(ImageGptConfig config, ImageGptWeights weights)
    {
        Shape = new TrainingShape<TLanes, TVector>(config);
        Tokens = new ParameterMemory(weights.Tokens);
        Positions = new ParameterMemory(weights.Positions);
        FinalGain = new ParameterMemory(weights.FinalGain);
        Blocks = [.. weights.Blocks.Select(block => new TrainedBlock<TLanes, TVector>(block))];
        _headMemory = FloatBuffer.Rent(TrainedMatrix<TLanes, TVector>.Length(weights.Head));
        Head = new TrainedMatrix<TLanes, TVector>(weights.Head, _headMemory.Pointer);
        var panels = Blocks.SelectMany(block => block.Matrices).Append(Head)
            .SelectMany(matrix => Enumerable.Range(0, matrix.Panels).Select(panel => (matrix, panel))).ToList();
        KernelThreads.Run(panels.Count, i => panels[i].matrix.Pack(panels[i].panel));
    }

    internal TrainingShape<TLanes, TVector> Shape { get; }

    /// <summary>The token embeddings, (K, d), or (K + 1, d) with the start of sequence of an autoregressive network.</summary>
    internal ParameterMemory Tokens { get; }

    /// <summary>(T, d).</summary>
    internal ParameterMemory Positions { get; }

    internal IReadOnlyList<TrainedBlock<TLanes, TVector>> Blocks { get; }

    /// <summary>(d).</summary>
    internal ParameterMemory FinalGain { get; }

    /// <summary>(K, d).</summary>
    internal TrainedMatrix<TLanes, TVector> Head { get; }

    /// <summary>The number of bytes of the packed weights.</summary>
    internal static long PackedBytes(ImageGptWeights weights)
        => sizeof(float) * (weights.Blocks.Sum(TrainedBlock<TLanes, TVector>.Length) + TrainedMatrix<TLanes, TVector>.Length(weights.Head));

    /// <inheritdoc/>
    public void Dispose()
    {
        Tokens.Dispose();
        Positions.Dispose();
        FinalGain.Dispose();
        Head.Dispose();
        _headMemory.Dispose();
        foreach (var block in Blocks)
        {
            block.Dispose();
        }
    }
}
