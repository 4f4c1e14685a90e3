using IGptMl.Batches;
using IGptMl.Hosting;
using IGptMl.Likelihood;
using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Optimization;
using IGptMl.Pretraining;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl;

/// <summary>The <see cref="IEstimator{TTransformer}"/> for pretraining an Image GPT on images alone, without labels.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use `mlContext.ImageGeneration.Trainers.ImageGpt`.
///
/// ### Input and Output Columns
/// The input column must be a known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette outputs it: as many
/// tokens as the model has positions, as many key values as it has colors. Rows with missing tokens are skipped, with a warning.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `NatsPerToken` | <xref:System.Single> | The mean of -ln p(token) over the tokens, given those before; if masked, over the hidden ones, given the others. |
/// | `BitsPerDimension` | <xref:System.Single> | The same in bits per color channel of a pixel: nats / (3 ln 2). |
///
/// ### Trainer Characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Image generation (self-supervised) |
/// | Is normalization required? | No |
/// | Is caching required? | No; the tokens are read once, two bytes each, into memory or into a file (CacheFile) |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Trainers, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// ### Training Algorithm Details
/// The network predicts every token from those before it in raster order; the loss is the mean cross-entropy over all positions (Chen et al. 2020,
/// section 2.1). With `ImageGptConfig.Objective` = `Masked`, it predicts randomly hidden tokens from all others (BERT); the loss is then the mean over an
/// image's hidden tokens, averaged over the images. The optimizer is Adam with betas 0.9 and 0.95, without weight decay or dropout, with a linear warm-up
/// and a cosine decay to zero (section 3.3).
///
/// On the CPU, the same seed gives the same weights, even if the run is interrupted and resumed from a checkpoint folder.
/// ]]></format>
/// </remarks>
public sealed partial class ImageGptTrainer : IEstimator<ImageGptTransformer>
{
    private readonly IHost _host;
    private readonly Options _options;

    internal ImageGptTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _host = HostSettings.Register(environment, nameof(ImageGptTrainer));
        options.Check();
        _options = options with { CheckpointSteps = [.. options.CheckpointSteps] };
    }

    /// <summary>Pretrains a new model, and validates it on the rows that <see cref="TrainingOptions.ValidationFraction"/> sets aside, if any.</summary>
    /// <returns>The transformer with the trained model; after a cancellation, with the model so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token column is missing or does not match the model.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are no rows with tokens, the loss has become NaN or exploded, the requested GPU is not available, or the checkpoint folder holds another run's
    /// checkpoints.
    /// </exception>
    /// <exception cref="InvalidDataException">All checkpoints in the folder are damaged.</exception>
    /// <exception cref="IOException">The checkpoint folder is in use by another process, or cannot be used.</exception>
    public ImageGptTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Pretrains a new model on all rows of the training data, and validates it on the validation data.</summary>
    /// <param name="trainData">The training images.</param>
    /// <param name="validationData">The validation images; null means those set aside by <see cref="TrainingOptions.ValidationFraction"/>, if any.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public ImageGptTransformer Fit(IDataView trainData, IDataView? validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        var column = RequireColumn(trainData);
        var validationColumn = validationData is null ? (DataViewSchema.Column?)null : RequireColumn(validationData);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Pretraining");
        using var files = _host.Start("Checkpoints");
        using var checkpoints = TrainingRun.OpenFolder(_options, files.Warn);
        using var all = ReadImages(trainData, column, channel);
        var newest = TrainingRun.FindNewest(_options, checkpoints);
        var seed = (int)_options.Distribution.Broadcast(_options.Seed ?? RunSettings.SeedOf(newest) ?? _host.Rand.Next());
        using var given = validationColumn is { } held ? Read(validationData!, held, channel, null) : null;
        var (images, validation) = given is null ? Split(all, seed) : (all, given.Count > 0 ? given : null);
        if (given is { Count: 0 })
        {
            channel.Warn("There are no validation rows: all steps are run, and the last weights are returned.");
        }

        var options = _options;
        if (options.FindLearningRate)
        {
            var rate = RunSettings.LearningRateOf(newest) ?? FindLearningRate(images, seed, device, channel).Rate;
            options = options with { LearningRate = rate, MuonLearningRate = options.ScaledMuonLearningRate(rate) };
        }

        var origin = new TokenOrigin(QuantizedColumn.FindPalette(column), QuantizedColumn.FindCropping(column));
        var network = CreateNetwork(seed, device);
        try
        {
            var task = new PretrainingTask(options, network, images, validation, origin, seed, device);
            var samples = options.SampleInterval is null || origin.Palette is null || options.Distribution.Rank > 0
                ? null
                : new SamplePictures(network, origin.Palette, seed, device, channel.Warn);
            channel.Say(
                $"Pretraining {options.Model.ParameterCount:N0} parameters on {images.Count:N0} images, {options.Steps:N0} steps of {task.ImagesPerStep}, "
                + $"on {device}.");
            var run = new TrainingRun(options, task, task.Plan, checkpoints, new TrainingLog(channel.Say, channel.Warn)).Train(step
                => Report(step.Progress, samples, checkpoints));
            network.to(torch.CPU);
            var masking = new TokenMasking { Probability = _options.MaskProbability };
            return new ImageGptTransformer(
                _host,
                new ImageGptModel(network, origin.Palette, origin.Cropping, ModelOrigin.OfRun(run.Settings, run.Results)),
                _options.InputColumnName,
                masking,
                _options.GpuDeviceId,
                _options.FallbackToCpu);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds a peak learning rate by a range test: a new model is trained for at most 100 steps while the rate increases by a constant factor per step, from
    /// 0.00001, until the loss is twice its minimum or the rate is 1. On the CPU, the same seed gives the same rate.
    /// <see cref="TrainingOptions.FindLearningRate"/> runs this test before training.
    /// </summary>
    /// <param name="input">The training images.</param>
    /// <returns>The rate, and the loss curve that it was read from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token column is missing or does not match the model.</exception>
    /// <exception cref="OperationCanceledException">The test was canceled.</exception>
    /// <exception cref="InvalidOperationException">There are no rows with tokens, or the requested GPU is not available.</exception>
    public LearningRateRange FindLearningRate(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = RequireColumn(input);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Finding a learning rate");
        using var all = ReadImages(input, column, channel);
        var seed = _options.Seed ?? _host.Rand.Next();
        return FindLearningRate(Split(all, seed).Training, seed, device, channel);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        return SchemaPromise.Extend(inputSchema, LikelihoodColumns.Create(_options.Model, new ImageLikelihoodEstimator.Options()).Select(c => c.Definition));
    }

    private LearningRateRange FindLearningRate(TokenTable images, int seed, torch.Device device, IChannel channel)
    {
        using var network = CreateNetwork(seed, device);
        var task = new PretrainingTask(_options, network, images, null, new TokenOrigin(null, default), seed, device);
        return new TrainingRun(_options, task, task.Plan, null, new TrainingLog(channel.Say, channel.Warn)).FindLearningRate();
    }

    private void Report(TrainingProgress progress, SamplePictures? samples, CheckpointFolder? checkpoints)
    {
        if (samples is not null && (progress.Step % _options.SampleInterval == 0 || progress.Step == progress.Steps))
        {
            samples.Write(checkpoints!.SamplesPath(progress.Step), _options.CancellationToken);
        }

        _options.Progress?.Report(progress);
    }

    private ImageGptNetwork CreateNetwork(int seed, torch.Device device)
    {
        using var generator = Initial.CreateGenerator(seed);
        var network = new ImageGptNetwork(_options.Model, generator) { RecomputesBlocks = _options.RecomputeActivations };
        network.to(device);
        return network;
    }

    /// <summary>The training rows, and the validation rows, if any.</summary>
    private (TokenTable Training, TokenTable? Validation) Split(TokenTable all, int seed)
    {
        var (training, validation) = _options.ValidationFraction > 0 ? all.Split(_options.ValidationFraction, seed) : (all, null);
        return training.Count > 0 ? (training, validation)
            : throw new InvalidOperationException("Training has no rows: all of them are set aside for validation.");
    }

    private DataViewSchema.Column RequireColumn(IDataView data)
        => TokenColumn.Require(data.Schema, _host, _options.InputColumnName, _options.Model.Colors, _options.Model.ContextLength);

    /// <summary>Reads the training images; there must be at least one.</summary>
    private TokenTable ReadImages(IDataView data, DataViewSchema.Column column, IChannel channel)
    {
        var table = Read(data, column, channel, _options.CacheFile);
        if (table.Count > 0)
        {
            return table;
        }

        table.Dispose();
        throw new InvalidOperationException($"Training has no rows: column '{column.Name}' holds no complete row of tokens.");
    }

    private TokenTable Read(IDataView data, DataViewSchema.Column column, IChannel channel, string? cacheFile)
    {
        var table = cacheFile is null ? TokenTable.Read(data, column, _options.CancellationToken)
            : TokenCache.Open(data, column, cacheFile, channel, _options.CancellationToken);
        if (table.Skipped > 0)
        {
            channel.Warn($"{table.Skipped} rows with missing tokens were skipped.");
        }

        return table;
    }
}
