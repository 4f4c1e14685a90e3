using System.Numerics.Tensors;
using System.Security.Cryptography;
using IGptMl.Batches;
using IGptMl.Inference;
using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Optimization;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>
/// The training task of fine-tuning: the joint loss of a classifier (Chen et al. 2020, section 2.3), and its validation accuracy, scored as the trained
/// classifier is.
/// </summary>
/// <param name="options">The options.</param>
/// <param name="network">The classifier, on the device.</param>
/// <param name="images">The training images.</param>
/// <param name="validation">The validation images, if any.</param>
/// <param name="origin">How the tokens were produced.</param>
/// <param name="seed">The random seed.</param>
/// <param name="device">The device.</param>
internal sealed class FineTuningTask(
    ImageGptFineTuneTrainer.Options options,
    ClassifierNetwork network,
    LabeledTokens images,
    LabeledTokens? validation,
    TokenOrigin origin,
    int seed,
    torch.Device device) : ITrainingTask
{
    /// <summary>The names of the batch's metrics.</summary>
    internal const string ClassificationLoss = "classification_loss", GenerativeLoss = "generative_loss", Accuracy = "accuracy";

    private const int RowsPerValidationBatch = ImageGptExecutor.DefaultRows;

    private readonly TrainingBatches _batches = new(images, network.Config, options, seed, device);
    private RunningMean _meanAccuracy;

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
    public double OperationsPerImage => 0;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, float[]> Attachments => origin.Attachments;

    /// <summary>The number of steps per epoch, rounded up.</summary>
    internal long StepsPerEpoch => _batches.StepsPerEpoch;

    /// <summary>The schedule, validation interval and seed, derived from the options and the number of images.</summary>
    internal TrainingPlan Plan
    {
        get
        {
            var steps = options.Steps ?? options.Epochs * StepsPerEpoch;
            return new TrainingPlan(
                RateSchedule.Create(options.LearningRateSchedule, options.LearningRate, options.WarmUpSteps ?? 0, steps),
                validation is null ? null : new ValidationSettings(options.ValidationInterval ?? StepsPerEpoch, options.Patience, options.TakeBestWeights),
                seed);
        }
    }

    /// <inheritdoc/>
    public BatchResult Backward(BatchPart part)
    {
        var batch = _batches.Draw(part.Step, part.Index);
        var targets = torch.tensor(batch.Rows.Select(row => (long)images.Labels[row]).ToArray(), device: device);
        List<BatchResult.Metric> metrics = [];
        var loss = network.Backward(batch.Tokens, batch.Mask, Loss);
        return new BatchResult(loss.item<float>(), metrics);

        torch.Tensor Loss(torch.Tensor logits, Func<torch.Tensor> generativeLoss)
        {
            var classification = torch.nn.functional.cross_entropy(logits, targets);
            metrics.Add(new(ClassificationLoss, classification.item<float>()));
            var joint = classification;
            if (options.GenerativeWeight > 0)
            {
                var generative = generativeLoss();
                metrics.Add(new(GenerativeLoss, generative.item<float>()));
                // Named, as the garbage collector may free the scalar of an expression while libtorch still reads it.
                using Scalar weight = options.GenerativeWeight;
                joint = classification.add(generative, weight);
            }

            metrics.Add(new(Accuracy, logits.argmax(1).eq(targets).to(torch.float32).mean().item<float>()));
            return joint;
        }
    }

    /// <inheritdoc/>
    public ValidationScore Validate()
    {
        var (context, classes) = (network.Config.ContextLength, images.Classes);
        var tokens = new ushort[RowsPerValidationBatch * context];
        var scores = new float[RowsPerValidationBatch * classes];
        var (correct, loss) = (0L, 0.0);
        for (var start = 0; start < validation!.Count; start += RowsPerValidationBatch)
        {
            var count = Math.Min(RowsPerValidationBatch, validation.Count - start);
            for (var i = 0; i < count; i++)
            {
                validation[start + i].CopyTo(tokens.AsSpan(i * context));
            }

            options.Scorer.Score(network.Config, tokens.AsSpan(0, count * context), count, ComputeLogits, scores.AsSpan(0, count * classes));
            for (var i = 0; i < count; i++)
            {
                ReadOnlySpan<float> probabilities = scores.AsSpan(i * classes, classes);
                var label = validation.Labels[start + i];
                correct += TensorPrimitives.IndexOfMax(probabilities) == label ? 1 : 0;
                loss -= Math.Log(Math.Max(probabilities[label], float.Epsilon));
            }
        }

        return new ValidationScore(loss / validation.Count, (double)correct / validation.Count);
    }

    /// <inheritdoc/>
    public void Describe(RunSettings settings)
    {
        settings.Add(TrainingCheckpoint.TaskSetting, TrainingCheckpoint.FineTuning);
        options.Describe(settings, network.Config);
        settings.Add("Weights", Digest());
        settings.Add("Classes", images.Classes);
        settings.Add("Images", images.Describe());
        settings.Add("Validation images", validation?.Describe());
        origin.Describe(settings);
        settings.Add(nameof(options.GenerativeWeight), options.GenerativeWeight);
        settings.Add<int?>(nameof(options.Votes), network.Config.Objective == PretrainingObjective.Masked && validation is not null ? options.Votes : null);
    }

    /// <summary>The progress to report for a step.</summary>
    internal FineTuningProgress Progress(StepReport step)
    {
        var accuracy = step.Batch?.Find(Accuracy) ?? double.NaN;
        return new FineTuningProgress(step.Progress)
        {
            Epoch = (int)((step.Progress.Step + StepsPerEpoch - 1) / StepsPerEpoch),
            ClassificationLoss = step.Batch?.Find(ClassificationLoss) ?? double.NaN,
            GenerativeLoss = step.Batch?.Find(GenerativeLoss),
            Accuracy = accuracy,
            MeanAccuracy = _meanAccuracy.Add(accuracy),
            ValidationAccuracy = step.Validation?.Accuracy,
            BestValidationAccuracy = step.Best?.Accuracy,
        };
    }

    /// <summary>Computes the logits of the classes, (rows, C).</summary>
    private void ComputeLogits(ReadOnlySpan<ushort> tokens, int rows, TokenMask? mask, Span<float> logits)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        network.Logits(TokenTensor.Create(tokens, rows, device), mask).cpu().data<float>().CopyTo(logits);
    }

    /// <summary>The SHA-256 of the weights before the first step, which are the pretrained model's.</summary>
    private string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, weight) in network.named_parameters())
        {
            using var values = weight.detach();
            using var host = values.cpu();
            hash.AppendData(host.bytes);
        }

        return $"of checksum {Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }
}
