using IGptMl.Numerics;

namespace IGptMl;

/// <summary>Plans the memory of a training run on a GPU, or on a CPU whose kernels are those of libtorch.</summary>
/// <remarks>
/// The activations that are kept are counted from the network. Of a position, a block keeps 16 d values: its input, the normed input, queries, keys and
/// values, the attended values, the hidden state between attention and MLP, its norm, and the MLP's hidden layer before and after its activation (d + d + 3 d
/// + d + d + d + 4 d + 4 d); and the log-sum-exp of every head. In bfloat16 the two norms also keep their input in float32. If blocks are computed again, only
/// their inputs are kept, and the rest for one block at a time. What is needed for a moment is the most of two: the logits with their probabilities and
/// gradients, or the gradients within a block. The kernels of this library on CPUs need less, as they run a few images at a time.
/// </remarks>
public static class ImageGptMemory
{
    /// <summary>The values of a position that a block keeps, in multiples of d.</summary>
    private const int KeptWidths = 16;

    /// <summary>The norms of a block, whose input is kept in float32 as well if the network computes in bfloat16.</summary>
    private const int Norms = 2;

    /// <summary>The gradients that a block has at a time, beyond the kept values that are freed meanwhile, in multiples of d.</summary>
    private const int GradientWidths = 6;

    /// <summary>The logits, their probabilities, and their gradient, in float32.</summary>
    private const int LogitCopies = 3;

    /// <summary>What a GPU's libraries and their kernels take.</summary>
    private const long Libraries = 600_000_000;

    /// <summary>Divides a batch so that a run fits into memory: into as few parts as possible, and with blocks computed again only if it must be.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="options">
    /// The run, of which this uses the batch size, the precision, the optimizer, and <see cref="TrainingOptions.AccumulationSteps"/> and
    /// <see cref="ImageGptTrainingOptions.RecomputeActivations"/> as the least that is done.
    /// </param>
    /// <param name="availableBytes">The memory of the device that is free, more than 0.</param>
    /// <returns>The plan. If nothing fits, it is that of the smallest parts, and <see cref="ImageGptMemoryPlan.Fits"/> is false.</returns>
    /// <exception cref="ArgumentException">The architecture is invalid.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The memory is not more than 0.</exception>
    public static ImageGptMemoryPlan Plan(ImageGptConfig config, ImageGptTrainingOptions options, long availableBytes)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(availableBytes);
        var guard = new OptionGuard();
        config.Check(guard);
        guard.ThrowIfAny(nameof(config));

        ImageGptMemoryPlan? last = null;
        foreach (var recomputes in options.RecomputeActivations ? [true] : (bool[])[false, true])
        {
            for (var parts = options.AccumulationSteps; parts <= options.BatchSize; parts++)
            {
                if (options.BatchSize % parts == 0)
                {
                    last = Create(config, options, availableBytes, parts, recomputes);
                    if (last.Fits)
                    {
                        return last;
                    }
                }
            }
        }

        return last ?? Create(config, options, availableBytes, options.AccumulationSteps, options.RecomputeActivations);
    }

    private static ImageGptMemoryPlan Create(ImageGptConfig config, ImageGptTrainingOptions options, long available, int parts, bool recomputes)
    {
        const int Wide = sizeof(float), Narrow = 2;
        var isNarrow = options.Precision == TrainingPrecision.BFloat16;
        long d = config.EmbeddingSize, t = config.ContextLength, layers = config.Layers, parameters = config.ParameterCount;
        var size = isNarrow ? Narrow : Wide;
        var block = (t * d * ((KeptWidths * size) + (isNarrow ? Norms * Wide : 0))) + (t * config.Heads * Wide);
        var hidden = layers * 12 * d * d; // the matrices that Muon updates
        var row = t * d * size; // one value for every position and every element of d
        var loss = (2 * row) + (LogitCopies * t * config.Colors * Wide); // the last hidden states and their norm, and the logits
        return new ImageGptMemoryPlan
        {
            Available = available,
            Weights = parameters * (Wide + (isNarrow ? Narrow : 0)),
            Gradients = parameters * (Wide + (isNarrow ? Narrow : 0)),
            OptimizerState = Wide * (options.Optimizer == ImageGptOptimizer.Muon ? (2 * parameters) - hidden : 2 * parameters),
            UpdateTemporary = parameters * Wide, // Adam's denominators
            Libraries = Libraries,
            KeptPerImage = row + (layers * (recomputes ? row : block)), // the embeddings and the blocks
            TemporaryPerImage = Math.Max(loss, recomputes ? block : GradientWidths * row),
            KeyValueCachePerImage = 2 * layers * row,
            BatchSize = options.BatchSize,
            AccumulationSteps = parts,
            RecomputeActivations = recomputes,
        };
    }
}
