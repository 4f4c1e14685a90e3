using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The sizes of a network for the kernels: rows and heads are padded with zeros to whole panels.</summary>
internal sealed class PackedShape<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    internal PackedShape(ImageGptConfig config)
    {
        EmbeddingSize = config.EmbeddingSize;
        Heads = config.Heads;
        HeadSize = config.EmbeddingSize / config.Heads;
        Positions = config.ContextLength;
        Width = PackedMatrix<TLanes, TVector>.Padded(EmbeddingSize);
        HeadWidth = PackedMatrix<TLanes, TVector>.Padded(HeadSize);
        ExpandedWidth = PackedMatrix<TLanes, TVector>.Padded(4 * EmbeddingSize);
        ScoreScale = 1 / MathF.Sqrt(HeadSize);
    }

    /// <summary>The width d of the residual stream.</summary>
    internal int EmbeddingSize { get; }

    internal int Heads { get; }

    internal int HeadSize { get; }

    /// <summary>The number T of positions.</summary>
    internal int Positions { get; }

    /// <summary>The length of a row of hidden states.</summary>
    internal int Width { get; }

    /// <summary>The length of a row of a head's queries, keys or values.</summary>
    internal int HeadWidth { get; }

    /// <summary>The length of a row of attended values: all heads side by side.</summary>
    internal int AttendedWidth => Heads * HeadWidth;

    /// <summary>The length of a row between the two matrices of the perceptron.</summary>
    internal int ExpandedWidth { get; }

    /// <summary>The factor of the attention's scores, 1 / sqrt(d/H).</summary>
    internal float ScoreScale { get; }

    /// <summary>The floats that a block takes when it is packed.</summary>
    internal long BlockLength => QueriesKeysValuesLength + OutputLength + ExpandLength + ContractLength;

    internal long QueriesKeysValuesLength => PackedMatrix<TLanes, TVector>.Size(EmbeddingSize, 3 * AttendedWidth);

    internal long OutputLength => PackedMatrix<TLanes, TVector>.Size(AttendedWidth, EmbeddingSize);

    internal long ExpandLength => PackedMatrix<TLanes, TVector>.Size(EmbeddingSize, 4 * EmbeddingSize);

    internal long ContractLength => PackedMatrix<TLanes, TVector>.Size(4 * EmbeddingSize, EmbeddingSize);
}
