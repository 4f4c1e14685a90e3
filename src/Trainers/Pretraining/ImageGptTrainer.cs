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
/// | `NatsPerToken` | <xref:System.Single> | The mean of -ln p(token given the tokens before it) over the image; of a masked model, of -ln p(token given the tokens not hidden) over the hidden ones. |
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
/// mean over an image's hidden tokens, averaged over the images. Adam with betas 0.9 and 0.95, no weight decay, no dropout, a linear warm-up and a cosine decay to zero (section 3.3).
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

    /// <summary>Pretrains a new model on all rows, or on those that <see cref="Options.ValidationFraction"/> leaves.</summary>
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

    /// <summary>Pretrains a new model on all rows, and watches it on others.</summary>
    /// <param name="input">The images to learn from.</param>
    /// <param name="validationData">The images to measure nats per token on while training; null means those of <see cref="Options.ValidationFraction"/>, if any.</param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public ImageGptTransformer Fit(IDataView input, IDataView? validationData)
    {
        ArgumentNullException.ThrowIfNull(input);
        var column = RequireColumn(input);
        var validationColumn = validationData is null ? (DataViewSchema.Column?)null : RequireColumn(validationData);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Pretraining");
        using var files = _host.Start("Checkpoints");
        using var checkpoints = _options.CheckpointSettings is { } settings ? new CheckpointFolder(settings, message => files.Warning(MessageSensitivity.None, "{0}", message)) : null;
        using var all = Read(input, column, channel, _options.CacheFile);
        var seed = _options.Seed ?? PretrainingRun.SeedOf(checkpoints?.Newest) ?? _host.Rand.Next();
        using var given = validationData is null ? null : Read(validationData, validationColumn!.Value, channel, null);
        var (table, validation) = given is null ? Split(all, seed) : (all, given);
        var options = _options;
        if (options.FindLearningRate)
        {
            options = options with { LearningRate = PretrainingRun.RateOf(checkpoints?.Newest) ?? FindLearningRate(table, seed, device, channel).Rate };
        }

        var network = CreateNetwork(seed, device);
        try
        {
            var (palette, cropping) = (QuantizedColumn.FindPalette(column), QuantizedColumn.FindCropping(column));
            new PretrainingRun(options, network, table, validation, palette, cropping, seed, device, checkpoints, channel).Train();
            network.to(torch.CPU);
            var masking = new TokenMasking { Probability = _options.MaskProbability };
            return new ImageGptTransformer(_host, new ImageGptModel(network, palette, cropping), _options.InputColumnName, masking, _options.GpuDeviceId, _options.FallbackToCpu);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Finds a peak learning rate by a short range test: a new model learns for a hundred steps at most while the rate rises from 0.00001 by the same factor from
    /// step to step, until the loss is twice as high as it was or the rate is 1. On the CPU, the same seed gives the same rate. What <see cref="Options.FindLearningRate"/> does before a training.
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
        using var all = Read(input, column, channel, _options.CacheFile);
        var seed = _options.Seed ?? _host.Rand.Next();
        return FindLearningRate(Split(all, seed).Training, seed, device, channel);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        return SchemaPromise.Extend(inputSchema, LikelihoodColumns.Create(_options.Model, new ImageLikelihoodEstimator.Options()).Select(c => c.Definition));
    }

    private LearningRateRange FindLearningRate(TokenTable table, int seed, torch.Device device, IChannel channel)
    {
        using var network = CreateNetwork(seed, device);
        var found = new PretrainingRun(_options, network, table, null, null, default, seed, device, null, channel).FindLearningRate();
        channel.Info(MessageSensitivity.None, "The range test of {0} steps finds a learning rate of {1:G3}.", found.Rates.Count, found.Rate);
        return found;
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
        return training.Count > 0 ? (training, validation) : throw new InvalidOperationException("Training has no rows: all of them are set aside for validation.");
    }

    private DataViewSchema.Column RequireColumn(IDataView data) => TokenColumn.Require(data.Schema, _host, _options.InputColumnName, _options.Model.Colors, _options.Model.ContextLength);

    private TokenTable Read(IDataView data, DataViewSchema.Column column, IChannel channel, string? cacheFile)
    {
        var table = cacheFile is null ? TokenTable.Read(data, column, _options.CancellationToken) : TokenCache.Open(data, column, cacheFile, channel, _options.CancellationToken);
        if (table.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows with missing tokens were left out.", table.Skipped);
        }

        if (table.Count > 0)
        {
            return table;
        }

        table.Dispose();
        throw new InvalidOperationException($"Training has no rows: column '{column.Name}' holds no complete row of tokens.");
    }
}
