using IGptMl.Kernels;
using IGptMl.Network;

namespace IGptMl.Gradients;

/// <summary>The weights of a block for a training pass.</summary>
internal sealed unsafe class TrainedBlock<TLanes, TVector> : IDisposable
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    private readonly FloatBuffer _memory;

    internal TrainedBlock(BlockWeights weights)
    {
        _memory = FloatBuffer.Rent(Length(weights));
        var next = _memory.Pointer;
        Gain1 = new ParameterMemory(weights.Gain1);
        Gain2 = new ParameterMemory(weights.Gain2);
        QueriesKeysValues = new(weights.QueriesKeysValues, next);
        Output = new(weights.Output, next += TrainedMatrix<TLanes, TVector>.Length(weights.QueriesKeysValues));
        Expand = new(weights.Expand, next += TrainedMatrix<TLanes, TVector>.Length(weights.Output));
        Contract = new(weights.Contract, next + TrainedMatrix<TLanes, TVector>.Length(weights.Expand));
    }

    internal ParameterMemory Gain1 { get; }

    internal ParameterMemory Gain2 { get; }

    /// <summary>(d, 3d).</summary>
    internal TrainedMatrix<TLanes, TVector> QueriesKeysValues { get; }

    /// <summary>(d, d).</summary>
    internal TrainedMatrix<TLanes, TVector> Output { get; }

    /// <summary>(d, 4d).</summary>
    internal TrainedMatrix<TLanes, TVector> Expand { get; }

    /// <summary>(4d, d).</summary>
    internal TrainedMatrix<TLanes, TVector> Contract { get; }

    /// <summary>The matrices.</summary>
    internal IEnumerable<TrainedMatrix<TLanes, TVector>> Matrices => [QueriesKeysValues, Output, Expand, Contract];

    /// <summary>The number of elements of the packed matrices of a block.</summary>
    internal static long Length(BlockWeights weights)
        => TrainedMatrix<TLanes, TVector>.Length(weights.QueriesKeysValues) + TrainedMatrix<TLanes, TVector>.Length(weights.Output)
            + TrainedMatrix<TLanes, TVector>.Length(weights.Expand) + TrainedMatrix<TLanes, TVector>.Length(weights.Contract);

    /// <inheritdoc/>
    public void Dispose()
    {
        Gain1.Dispose();
        Gain2.Dispose();
        foreach (var matrix in Matrices)
        {
            matrix.Dispose();
        }

        _memory.Dispose();
    }
}
