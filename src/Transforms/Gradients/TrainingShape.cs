using IGptMl.Kernels;

namespace IGptMl.Gradients;

/// <summary>The dimensions of a network for a training pass, and the row strides of its buffers, in elements.</summary>
/// <remarks>
/// Strides are a cache line longer than rows. Rows at strides that are powers of two would compete for the same sets of the cache, as the gradients of matrices
/// read columns.
/// </remarks>
internal sealed class TrainingShape<TLanes, TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>The number of elements of a cache line.</summary>
    private const int Gap = 16;

    internal TrainingShape(ImageGptConfig config)
    {
        Config = config;
        Size = config.EmbeddingSize;
        HeadSize = config.EmbeddingSize / config.Heads;
        Positions = config.ContextLength;
    }

    internal ImageGptConfig Config { get; }

    /// <summary>The width d of the residual stream.</summary>
    internal int Size { get; }

    internal int HeadSize { get; }

    /// <summary>The number T of positions.</summary>
    internal int Positions { get; }

    /// <summary>The factor of the attention's scores, 1 / sqrt(d/H).</summary>
    internal float ScoreScale => 1 / MathF.Sqrt(HeadSize);

    /// <summary>Whether a position attends only to itself and to the positions before it.</summary>
    internal bool IsCausal => Config.Objective == PretrainingObjective.Autoregressive;

    /// <summary>The stride of rows of d elements.</summary>
    internal int Stride => Size + Gap;

    /// <summary>The stride of rows of queries, keys and values, 3d elements.</summary>
    internal int ProjectedStride => (3 * Size) + Gap;

    /// <summary>The stride of rows of the MLP's hidden layer, 4d elements.</summary>
    internal int ExpandedStride => (4 * Size) + Gap;

    /// <summary>The stride of rows of logits.</summary>
    internal int LogitsStride => PackedMatrix<TLanes, TVector>.Padded(Config.Colors) + Gap;

    /// <summary>Whether the kernels support a network of these dimensions: rows and heads of whole registers.</summary>
    internal static bool Supports(ImageGptConfig config) => config.EmbeddingSize / config.Heads % TLanes.Count == 0;
}
