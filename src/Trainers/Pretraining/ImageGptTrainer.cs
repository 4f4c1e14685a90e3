using IGptMl.Batches;
using IGptMl.Hosting;
using IGptMl.Likelihood;
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
/// The input column must be a known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette gives it: as many
/// tokens as the model has positions, as many key values as it has colors. Rows with missing tokens are left out, with a warning.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `NatsPerToken` | <xref:System.Single> | The mean of -ln p(token given the tokens before it) over the image; of a masked model, of -ln p(token given the
/// tokens not hidden) over the hidden ones. |
/// | `BitsPerDimension` | <xref:System.Single> | The same in bits for each of a pixel's three color channels: nats / (3 ln 2). |
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
/// section 2.1). With `ImageGptConfig.Objective` = `Masked`, it predicts tokens that are hidden at random from all others (BERT); the loss is then the
/// mean over an image's hidden tokens, averaged over the images. Adam with betas 0.9 and 0.95, no weight decay, no dropout, a linear warm-up and a cosine decay
/// to zero (section 3.3).
/// On the CPU, the same seed gives the same weights, also across an interruption and a resumption from a checkpoint folder.
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

    /// <summary>Pretrains a new model on all rows, or on those that <see cref="TrainingOptions.ValidationFraction"/> leaves.</summary>
    /// <returns>The transformer with the trained model; after a cancellation, with the model so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token column is missing or does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are no rows with tokens, the loss has stopped being a number or exploded, the GPU that was asked for is not there, or the checkpoint folder
    /// holds another run's checkpoints.
    /// </exception>
    /// <exception cref="InvalidDataException">The checkpoint folder holds damaged checkpoints alone.</exception>
    /// <exception cref="IOException">The checkpoint folder is in use by another process, or cannot be used.</exception>
    public ImageGptTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Pretrains a new model on all rows, and validates it on others while training.</summary>
    /// <param name="trainData">The images to learn from.</param>
    /// <param name="validationData">
    /// The images to measure nats per token on; null means those of <see cref="TrainingOptions.ValidationFraction"/>, if any.
    /// </param>
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
        var seed = _options.Seed ?? RunSettings.SeedOf(checkpoints?.Newest) ?? _host.Rand.Next();
        using var given = validationColumn is { } held ? Read(validationData!, held, channel, null) : null;
        var (images, validation) = given is null ? Split(all, seed) : (all, given.Count > 0 ? given : null);
        if (given is { Count: 0 })
        {
            channel.Warn("There are no validation rows: all steps are run, and the last weights are returned.");
        }

        var options = _options;
        if (options.FindLearningRate)
        {
            options = options with { LearningRate = RunSettings.LearningRateOf(checkpoints?.Newest) ?? FindLearningRate(images, seed, device, channel).Rate };
        }

        var origin = new TokenOrigin(QuantizedColumn.FindPalette(column), QuantizedColumn.FindCropping(column));
        var network = CreateNetwork(seed, device);
        try
        {
            var task = new PretrainingTask(options, network, images, validation, origin, seed, device);
            var samples = options.SampleInterval is null || origin.Palette is null
                ? null
                : new SamplePictures(network, origin.Palette, seed, device, channel.Warn);
            channel.Say(
                $"Pretraining {options.Model.ParameterCount:N0} parameters on {images.Count:N0} images, {options.Steps:N0} steps of {task.ImagesPerStep}, "
                + $"on {device}.");
            new TrainingRun(options, task, task.Plan, checkpoints, new TrainingLog(channel.Say, channel.Warn)).Train(step
                => Report(step.Progress, samples, checkpoints));
            network.to(torch.CPU);
            var masking = new TokenMasking { Probability = _options.MaskProbability };
            return new ImageGptTransformer(
                _host,
                new ImageGptModel(network, origin.Palette, origin.Cropping),
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
    /// Finds a peak learning rate by a short range test: a new model learns for a hundred steps at most while the rate rises from 0.00001 by the same factor
    /// from
    /// step to step, until the loss is twice as high as it was or the rate is 1. On the CPU, the same seed gives the same rate. What
    /// <see cref="TrainingOptions.FindLearningRate"/> does before a training.
    /// </summary>
    /// <param name="input">The images to learn from.</param>
    /// <returns>The rate, and the curve that it was read from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token column is missing or does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The test was canceled.</exception>
    /// <exception cref="InvalidOperationException">There are no rows with tokens, or the GPU that was asked for is not there.</exception>
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

    /// <summary>The rows to learn from, and those to measure on, if any.</summary>
    private (TokenTable Training, TokenTable? Validation) Split(TokenTable all, int seed)
    {
        var (training, validation) = _options.ValidationFraction > 0 ? all.Split(_options.ValidationFraction, seed) : (all, null);
        return training.Count > 0 ? (training, validation)
            : throw new InvalidOperationException("Training has no rows: all of them are set aside for validation.");
    }

    private DataViewSchema.Column RequireColumn(IDataView data)
        => TokenColumn.Require(data.Schema, _host, _options.InputColumnName, _options.Model.Colors, _options.Model.ContextLength);

    /// <summary>The training images, of which there must be some.</summary>
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
            channel.Warn($"{table.Skipped} rows with missing tokens were left out.");
        }

        return table;
    }
}
