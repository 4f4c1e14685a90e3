using IGptMl.Batches;
using IGptMl.Inference;
using IGptMl.Network;
using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.Pretraining;

/// <summary>
/// The training task of pretraining: the loss of an autoregressive or masked network on unlabeled images, and its nats per token on validation images.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="network">The network, on the device.</param>
/// <param name="images">The training images.</param>
/// <param name="validation">The validation images, if any.</param>
/// <param name="origin">How the tokens were produced.</param>
/// <param name="seed">The random seed.</param>
/// <param name="device">The device.</param>
internal sealed class PretrainingTask(
    ImageGptTrainer.Options options,
    ImageGptNetwork network,
    TokenTable images,
    TokenTable? validation,
    TokenOrigin origin,
    int seed,
    torch.Device device) : ITrainingTask
{
    private const int RowsPerValidationBatch = 32;

    private readonly TrainingBatches _batches = new(images, network.Config, options, seed, device);

    /// <inheritdoc/>
    public torch.nn.Module Module => network;

    /// <inheritdoc/>
    public int CountHiddenMatrices(string parameterName) => BlockMatrices.Count(parameterName);

    /// <inheritdoc/>
    public int ImagesPerStep => _batches.RowsPerStep;

    /// <inheritdoc/>
    public double RankShare => _batches.RankShare;

    /// <inheritdoc/>
    public int Parts => _batches.Parts;

    /// <inheritdoc/>
    public double OperationsPerImage => network.Config.TrainingOperations;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Attachments => origin.Attachments;

    /// <summary>The schedule, validation interval and seed, derived from the options and the number of images.</summary>
    internal TrainingPlan Plan
    {
        get
        {
            var warmUp = options.WarmUpSteps ?? Math.Min(_batches.StepsPerEpoch, Math.Max(1, options.Steps / 10));
            long? interval = options.TimeLimit is null ? Math.Max(1, options.Steps / 100) : null;
            return new TrainingPlan(
                RateSchedule.Create(options.LearningRateSchedule, options.LearningRate, warmUp, options.Steps),
                validation is null ? null : new ValidationSettings(options.ValidationInterval ?? interval, options.Patience, options.TakeBestWeights),
                seed);
        }
    }

    /// <inheritdoc/>
    public BatchResult Backward(BatchPart part)
    {
        var batch = _batches.Draw(part.Step, part.Index);
        using var loss = network.Backward(batch.Tokens, batch.Mask);
        return new BatchResult(loss.item<float>());
    }

    /// <inheritdoc/>
    public ValidationScore Validate()
    {
        var executor = ImageGptExecutor.Create(network, device);
        var (context, isMasked) = (network.Config.ContextLength, network.Config.Objective == PretrainingObjective.Masked);
        var (tokens, nats) = (new ushort[RowsPerValidationBatch * context], new float[RowsPerValidationBatch * context]);
        var masking = new TokenMasking { Probability = options.MaskProbability }; // the same masks in every validation
        double sum = 0;
        for (var start = 0; start < validation!.Count; start += RowsPerValidationBatch)
        {
            var rows = Math.Min(RowsPerValidationBatch, validation.Count - start);
            for (var i = 0; i < rows; i++)
            {
                validation[start + i].CopyTo(tokens.AsSpan(i * context));
            }

            var batch = tokens.AsSpan(0, rows * context);
            executor.NegativeLogLikelihood(batch, rows, isMasked ? masking.Draw(batch, rows) : null, nats);
            for (var i = 0; i < rows; i++)
            {
                sum += nats.Skip(i * context).Take(context).Where(value => !float.IsNaN(value)).Average(); // NaN where nothing is predicted
            }
        }

        return new ValidationScore(sum / validation.Count);
    }

    /// <inheritdoc/>
    public void Describe(RunSettings settings)
    {
        options.Describe(settings, network.Config);
        settings.Add("Images", images.Describe());
        settings.Add("Validation images", validation?.Describe());
        origin.Describe(settings);
    }
}
