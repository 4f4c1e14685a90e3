using IGptMl.Kernels;

namespace IGptMl.Inference;

/// <summary>The dimensions of a network for the kernels, with rows and heads padded to whole panels.</summary>
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

    /// <summary>The padded length of a row of hidden states.</summary>
    internal int Width { get; }

    /// <summary>The padded length of a row of a head's queries, keys or values.</summary>
    internal int HeadWidth { get; }

    /// <summary>The length of a row of attended values: all heads, concatenated.</summary>
    internal int AttendedWidth => Heads * HeadWidth;

    /// <summary>The padded length of a row of the MLP's hidden layer.</summary>
    internal int ExpandedWidth { get; }

    /// <summary>The factor of the attention's scores, 1 / sqrt(d/H).</summary>
    internal float ScoreScale { get; }

    /// <summary>The number of floats of a packed block.</summary>
    internal long BlockLength => QueriesKeysValuesLength + OutputLength + ExpandLength + ContractLength;

    internal long QueriesKeysValuesLength => PackedMatrix<TLanes, TVector>.Size(EmbeddingSize, 3 * AttendedWidth);

    internal long OutputLength => PackedMatrix<TLanes, TVector>.Size(AttendedWidth, EmbeddingSize);

    internal long ExpandLength => PackedMatrix<TLanes, TVector>.Size(EmbeddingSize, 4 * EmbeddingSize);

    internal long ContractLength => PackedMatrix<TLanes, TVector>.Size(4 * EmbeddingSize, EmbeddingSize);
}
