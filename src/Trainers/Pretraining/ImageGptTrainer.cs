using IGptMl.Batches;
using IGptMl.Hosting;
using IGptMl.Network;
using IGptMl.Optimisation;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Pretraining;

/// <summary>The <see cref="IEstimator{TTransformer}"/> for pretraining an Image GPT on images alone, without labels.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use `mlContext.ImageGeneration.Trainers.ImageGpt`.
///
/// ### Input and Output Columns
/// The input column must be a known-sized vector of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt16), as QuantizeToPalette gives it: as many
/// tokens as the model has positions, as many key values as it has colours. Rows with missing tokens are left out, with a warning.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `NatsPerToken` | <xref:System.Single> | The mean of -ln p(token given the tokens before it) over the image; of a masked model, of -ln p(token given the tokens not hidden) over the hidden ones. |
/// | `BitsPerDimension` | <xref:System.Single> | The same in bits for each of a pixel's three colour channels: nats / (3 ln 2). |
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
/// On the CPU, the same seed gives the same weights.
/// ]]></format>
/// </remarks>
public sealed class ImageGptTrainer : IEstimator<ImageGptTransformer>
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly Options _options;

    internal ImageGptTrainer(IHostEnvironment environment, Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _host = HostSettings.Register(environment, nameof(ImageGptTrainer));
        options.Check();
        _options = options with { };
    }

    /// <summary>Pretrains a new model on all rows.</summary>
    /// <returns>The transformer with the trained model; after a cancellation, with the model so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The token column is missing or does not fit the model.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before its first step, while the tokens were read.</exception>
    /// <exception cref="InvalidOperationException">There are no rows with tokens, the loss has stopped being a number, or the GPU that was asked for is not there.</exception>
    public ImageGptTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var config = _options.Model;
        var column = TokenColumn.Require(input.Schema, _host, _options.InputColumnName, config.Colors, config.ContextLength);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Pretraining");
        using var table = _options.CacheFile is { } cache
            ? TokenCache.Open(input, column, cache, channel, _options.CancellationToken)
            : TokenTable.Read(input, column, _options.CancellationToken);
        if (table.Skipped > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows with missing tokens were left out.", table.Skipped);
        }

        if (table.Count == 0)
        {
            throw new InvalidOperationException($"Training has no rows: column '{column.Name}' holds no complete row of tokens.");
        }

        var seed = _options.Seed ?? _host.Rand.Next();
        using var generator = new torch.Generator((ulong)(uint)seed);
        var network = new ImageGptNetwork(config, generator);
        try
        {
            network.to(device);
            Train(network, table, seed, device, channel);
            network.to(torch.CPU);
            var masking = new TokenMasking { Probability = _options.MaskProbability };
            return new ImageGptTransformer(_host, new ImageGptModel(network, QuantizedColumn.FindPalette(column), QuantizedColumn.FindCropping(column)), _options.InputColumnName, masking, _options.GpuDeviceId, _options.FallbackToCpu);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        return SchemaPromise.Extend(inputSchema, LikelihoodMapping.OutputColumns.Select(c => c.Definition));
    }

    private void Train(ImageGptNetwork network, TokenTable table, int seed, torch.Device device, IChannel channel)
    {
        var batch = Math.Min(_options.BatchSize, table.Count);
        var epoch = (table.Count + batch - 1) / batch;
        var schedule = new CosineSchedule(_options.LearningRate, _options.WarmUpSteps ?? Math.Min(epoch, Math.Max(1, _options.Steps / 10)), _options.Steps);
        var order = new BatchOrder(table.Count, seed);
        var masks = network.Config.Objective == PretrainingObjective.Masked ? new TrainingMasks(table.ContextLength, _options.MaskProbability, seed) : null;
        long step = 0;
        var rows = new int[batch];
        var tokens = new ushort[batch * table.ContextLength];
        channel.Info(MessageSensitivity.None, "Pretraining {0:N0} parameters on {1:N0} images, {2:N0} steps of {3}, on {4}.", network.Config.ParameterCount, table.Count, _options.Steps, batch, device);

        var logged = TimeSpan.Zero;
        var done = new TrainingLoop(network.parameters(), schedule, batch).Run(Loss, Report, _options.CancellationToken);
        if (done < _options.Steps)
        {
            channel.Warning(MessageSensitivity.None, "Cancelled after {0:N0} of {1:N0} steps; the model so far is returned.", done, _options.Steps);
        }

        torch.Tensor Loss()
        {
            order.Next(rows);
            for (var i = 0; i < batch; i++)
            {
                var image = tokens.AsSpan(i * table.ContextLength, table.ContextLength);
                if (_options.Augmentation is { } augmentation)
                {
                    augmentation.Apply(table[rows[i]], network.Config.ImageSize, seed, step, rows[i], image);
                }
                else
                {
                    table[rows[i]].CopyTo(image);
                }
            }

            using var input = TokenTensor.Create(tokens, batch, device);
            var mask = masks?.Draw(step, batch);
            step++;
            return mask is null ? network.Loss(input) : network.Loss(input, mask);
        }

        void Report(TrainingProgress progress)
        {
            _options.Progress?.Report(progress);
            if (progress.Elapsed - logged >= LogInterval || progress.Step == progress.Steps)
            {
                logged = progress.Elapsed;
                channel.Info(MessageSensitivity.None, "Step {0:N0} of {1:N0}: {2:F4} nats per token, rate {3:G3}, {4:F1} images/s, {5:hh\\:mm\\:ss} left.", progress.Step, progress.Steps, progress.Loss, progress.LearningRate, progress.ImagesPerSecond, progress.TimeLeft);
            }
        }
    }

    /// <summary>The advanced options of <see cref="ImageGptTrainer"/>. The defaults are the paper's for iGPT-S.</summary>
    public sealed record Options
    {
        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The architecture; its number of colours and its context must be the token column's. Default <see cref="ImageGptConfig.Small"/>.</summary>
        public ImageGptConfig Model { get; init; } = ImageGptConfig.Small;

        /// <summary>The number of optimisation steps, at least 1. Default 1,000,000.</summary>
        public long Steps { get; init; } = 1_000_000;

        /// <summary>The number of images a step, 1 to 65,536; no more than there are rows. Default 128.</summary>
        public int BatchSize { get; init; } = 128;

        /// <summary>The peak learning rate, more than 0 and at most 1. Default 0.003; larger models need lower ones.</summary>
        public double LearningRate { get; init; } = 0.003;

        /// <summary>
        /// The file that keeps the tokens from one fit to the next; null keeps them in memory. It is written in the first fit, two bytes a token, and mapped from then on;
        /// where it is damaged, or of other images, another palette, size or way of cropping, it is written again. Default null.
        /// </summary>
        public string? CacheFile { get; init; }

        /// <summary>The steps of the linear warm-up, 0 to <see cref="Steps"/>. Default null: one epoch, but at most a tenth of the steps.</summary>
        public long? WarmUpSteps { get; init; }

        /// <summary>
        /// For a masked model, the probability with which each token of an image is hidden in a step, more than 0 and less than 1; at least one always
        /// is. Default 0.15; the paper found 0.2 as good, and more worse.
        /// </summary>
        public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

        /// <summary>
        /// Shifts and flips of the images, other ones in every step. Default null: none. The paper crops its training images at random before it quantises
        /// them, which is <see cref="ImageCropping.RandomCrop"/>.
        /// </summary>
        public TokenAugmentation? Augmentation { get; init; }

        /// <summary>The seed of the initial weights, of the order of the images, of augmentation and of masks; null takes the seed of the MLContext. Default null.</summary>
        public int? Seed { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Receives the progress after every step, on the training thread or as the implementation sees fit. Default null.</summary>
        public IProgress<TrainingProgress>? Progress { get; init; }

        /// <summary>Ends the training early; <see cref="Fit"/> then returns the model so far, or throws where training has not begun. Default none.</summary>
        public CancellationToken CancellationToken { get; init; }

        internal void Check()
        {
            var guard = new OptionGuard()
                .Name(nameof(InputColumnName), InputColumnName)
                .Require(Model is not null, nameof(Model), Model, "an architecture")
                .AtLeast(nameof(Steps), Steps, 1)
                .Require(CacheFile is null || !string.IsNullOrWhiteSpace(CacheFile), nameof(CacheFile), $"'{CacheFile}'", "the path of a file, or null")
                .Range(nameof(BatchSize), BatchSize, 1, 65536)
                .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
                .Range(nameof(WarmUpSteps), WarmUpSteps ?? 0, 0, Math.Max(0, Steps))
                .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1");
            Model?.Check(guard);
            Augmentation?.Check(guard, nameof(Augmentation), Model?.ImageSize ?? 1);
            guard.ThrowIfAny("options");
        }
    }
}
