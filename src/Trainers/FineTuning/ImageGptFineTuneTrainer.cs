using IGptMl.Batches;
using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Network;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.FineTuning;

/// <summary>The <see cref="IEstimator{TTransformer}"/> for fine-tuning a pretrained Image GPT to classify images.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use `mlContext.MulticlassClassification.Trainers.ImageGptFineTune`.
///
/// ### Input and Output Columns
/// The input label column must be of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt32) with two values or more. The token column must be a
/// known-sized vector of key type (UInt16), as QuantizeToPalette gives it: as many tokens as the model has positions, as many key values as it has colours.
/// Rows with missing tokens or labels are left out, with a warning.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `PredictedLabel` | [key](xref:Microsoft.ML.Data.KeyDataViewType) type | The class with the greatest score; missing where the tokens are. |
/// | `Score` | Vector of <xref:System.Single> | The probability of each class, in the order of the keys; NaN where the tokens are missing. |
///
/// ### Trainer Characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | No |
/// | Is caching required? | No; the tokens are read once, into memory, two bytes each |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Trainers, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// ### Training Algorithm Details
/// All weights of a copy of the model learn, with a linear classifier, zero at first and without bias, on the position-averaged output of the final norm. The loss
/// is the cross-entropy of the classes plus that of pretraining (Chen et al. 2020, section 2.3: better than the former alone). A masked model learns from images of which
/// tokens are hidden, and classifies by the majority of several looks, each with other tokens hidden (section 4.4). Adam with betas 0.9 and 0.95
/// at a constant rate, about a tenth of pretraining's, no weight decay, no dropout; the weights with the best validation accuracy are returned (section 3.3).
/// On the CPU, the same seed gives the same weights. The given model does not change.
/// ]]></format>
/// </remarks>
public sealed class ImageGptFineTuneTrainer : IEstimator<ImageGptClassificationTransformer>
{
    internal const int MaximumVotes = 1000;

    private readonly IHost _host;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    internal ImageGptFineTuneTrainer(IHostEnvironment environment, ImageGptModel model, Options options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        _host = HostSettings.Register(environment, nameof(ImageGptFineTuneTrainer));
        options.Check(model.Config);
        _model = model;
        _options = options with { };
    }

    /// <summary>Fine-tunes a copy of the model on all rows.</summary>
    /// <returns>The transformer with the tuned model; after a cancellation, with the best so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or does not fit, of the input or of the validation set.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled before its first step.</exception>
    /// <exception cref="InvalidOperationException">There are no rows of two classes, the loss has stopped being a number, or the GPU that was asked for is not there.</exception>
    public ImageGptClassificationTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var (tokenColumn, labelColumn) = FindColumns(input);
        var values = ClassValues.Of(labelColumn);
        var heldOut = _options.ValidationSet is { } view ? FindValidationColumns(view, labelColumn, values) : default;
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Fine-tuning");
        var palette = QuantizedColumn.FindPalette(tokenColumn);
        if (_model.Palette is not null && palette is not null && palette != _model.Palette)
        {
            channel.Warning(MessageSensitivity.None, "The tokens in column '{0}' are of another palette than the model's: what it has learnt in pretraining is lost.", _options.InputColumnName);
        }

        var rows = LabelledTokens.Read(input, tokenColumn, labelColumn, _options.CancellationToken);
        Warn(channel, rows);
        CheckClasses(rows, values, channel);
        var seed = _options.Seed ?? _host.Rand.Next();
        var (training, validation) = _options.ValidationSet is { } set
            ? (rows, LabelledTokens.Read(set, heldOut.Tokens, heldOut.Label, _options.CancellationToken))
            : Split(rows, seed);
        if (validation.Count == 0 && (_options.ValidationSet is not null || _options.ValidationFraction > 0))
        {
            channel.Warning(MessageSensitivity.None, "There are no validation rows: all epochs are run, and the last weights are returned.");
        }

        var network = new ClassifierNetwork(NetworkWeights.Copy(_model.On(torch.CPU), device), rows.Classes, device);
        using var run = new FineTuningRun(_options, network, training, validation, seed, device, channel);
        var (tuned, head) = run.Run();
        var model = palette is null ? new ImageGptModel(tuned, _model.Palette, _model.Cropping) : new ImageGptModel(tuned, palette, QuantizedColumn.FindCropping(tokenColumn));
        return new ImageGptClassificationTransformer(_host, model, head, _options.Scorer, values, _options.InputColumnName, _options.GpuDeviceId, _options.FallbackToCpu);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        const int anyNumber = 2; // a promise has no sizes
        var label = LabelColumn.Check(inputSchema, _host, _options.LabelColumnName);
        return SchemaPromise.Extend(inputSchema, ClassificationColumns.Create(anyNumber, ClassValues.Of(label, anyNumber)).Select(c => c.Definition));
    }

    private (DataViewSchema.Column Tokens, DataViewSchema.Column Label) FindColumns(IDataView data) =>
    (
        TokenColumn.Require(data.Schema, _host, _options.InputColumnName, _model.Config.Colors, _model.Config.ContextLength),
        LabelColumn.Require(data.Schema, _host, _options.LabelColumnName));

    /// <summary>The columns of the validation set, whose keys must mean the same classes.</summary>
    private (DataViewSchema.Column Tokens, DataViewSchema.Column Label) FindValidationColumns(IDataView data, DataViewSchema.Column trainingLabel, ClassValues? trainingValues)
    {
        var (tokens, label) = FindColumns(data);
        if (!label.Type.Equals(trainingLabel.Type))
        {
            throw SchemaErrors.Mismatch(_host, "validation label", label.Name, trainingLabel.Type.ToString()!, label.Type.ToString()!);
        }

        if (trainingValues is not null && ClassValues.Of(label) is { } values && !values.Names.SequenceEqual(trainingValues.Names, StringComparer.Ordinal))
        {
            throw SchemaErrors.Mismatch(_host, "validation label", label.Name, $"the classes {List(trainingValues.Names)}", List(values.Names));
        }

        return (tokens, label);
    }

    private (LabelledTokens Training, LabelledTokens Validation) Split(LabelledTokens rows, int seed)
    {
        var (training, validation) = StratifiedSplit.Of(rows.Labels, _options.ValidationFraction, seed);
        return (rows.Select(training), rows.Select(validation));
    }

    private void CheckClasses(LabelledTokens rows, ClassValues? values, IChannel channel)
    {
        if (rows.Count == 0)
        {
            throw new InvalidOperationException($"Training has no rows: none has both tokens in column '{_options.InputColumnName}' and a label in column '{_options.LabelColumnName}'.");
        }

        var counts = rows.CountByClass();
        var missing = Enumerable.Range(0, rows.Classes).Where(c => counts[c] == 0).Select(NameOf).ToList();
        if (missing.Count == rows.Classes - 1)
        {
            throw new InvalidOperationException($"Training has rows of one class only, {NameOf(Array.FindIndex(counts, count => count > 0))}, in column '{_options.LabelColumnName}'; a classifier needs two.");
        }

        if (missing.Count > 0)
        {
            channel.Warning(MessageSensitivity.UserData, "There are no training rows of {0} of {1} classes: {2}.", missing.Count, rows.Classes, List(missing));
        }

        string NameOf(int c) => values is null ? $"key {c + 1}" : $"'{values.Names[c]}'";
    }

    private static string List(IReadOnlyList<string> names) => $"{string.Join(", ", names.Take(12))}{(names.Count > 12 ? $" and {names.Count - 12} more" : string.Empty)}";

    private static void Warn(IChannel channel, LabelledTokens rows)
    {
        if (rows.WithoutTokens > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows with missing tokens were left out.", rows.WithoutTokens);
        }

        if (rows.WithoutLabel > 0)
        {
            channel.Warning(MessageSensitivity.None, "{0} rows with missing labels were left out.", rows.WithoutLabel);
        }
    }

    /// <summary>The advanced options of <see cref="ImageGptFineTuneTrainer"/>.</summary>
    public sealed record Options
    {
        /// <summary>The column of classes, a key of UInt32. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The most passes over the training rows, 1 to 1,000,000. Default 20.</summary>
        public int Epochs { get; init; } = 20;

        /// <summary>The number of images a step, 1 to 65,536; no more than there are training rows. Default 128, the paper's.</summary>
        public int BatchSize { get; init; } = 128;

        /// <summary>The learning rate, more than 0 and at most 1. Default 0.0003, a tenth of iGPT-S's in pretraining; larger models need lower ones.</summary>
        public double LearningRate { get; init; } = 0.0003;

        /// <summary>The weight of pretraining's loss beside that of the classes, at least 0; with 0 it is not computed. Default 1, the paper's.</summary>
        public double GenerativeWeight { get; init; } = 1;

        /// <summary>Rows to choose the best weights on, with the same columns as the training rows; null takes a part of the training rows. Default null.</summary>
        public IDataView? ValidationSet { get; init; }

        /// <summary>The share of every class's training rows that is held out for that, 0 or more and less than 1; 0 returns the last weights. Default 0.1.</summary>
        public double ValidationFraction { get; init; } = 0.1;

        /// <summary>The number of epochs without a better validation accuracy (or an equal one with a lower loss) after which the training ends, 1 or more. Default 5.</summary>
        public int Patience { get; init; } = 5;

        /// <summary>For a masked model, the probability with which each token of an image is hidden, in training and in use, more than 0 and less than 1. Default 0.15.</summary>
        public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

        /// <summary>For a masked model, the number of times that it looks at an image to classify it, each time with other tokens hidden; the majority decides. 1 to 1,000. Default 5.</summary>
        public int Votes { get; init; } = MajorityVote.DefaultVotes;

        /// <summary>Shifts and flips of the training images, other ones in every step. Default null: none. For CIFAR the paper has <c>new()</c>; images smaller than 32x32 pixels want less padding.</summary>
        public TokenAugmentation? Augmentation { get; init; }

        /// <summary>The seed of the held-out rows, of the order of the images, of augmentation and of masks; null takes the seed of the MLContext. Default null.</summary>
        public int? Seed { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Receives the progress after every step, on the training thread or as the implementation sees fit. Default null.</summary>
        public IProgress<FineTuningProgress>? Progress { get; init; }

        /// <summary>Ends the training early; <see cref="Fit"/> then returns the best model so far, or throws where training has not begun. Default none.</summary>
        public CancellationToken CancellationToken { get; init; }

        internal ClassScorer Scorer => new(MaskProbability, Votes);

        internal void Check(ImageGptConfig config)
        {
            var guard = new OptionGuard()
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Name(nameof(InputColumnName), InputColumnName)
                .Range(nameof(Epochs), Epochs, 1, 1_000_000)
                .Range(nameof(BatchSize), BatchSize, 1, 65536)
                .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
                .AtLeast(nameof(GenerativeWeight), GenerativeWeight, 0)
                .Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 or more and less than 1")
                .AtLeast(nameof(Patience), Patience, 1)
                .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1")
                .Range(nameof(Votes), Votes, 1, MaximumVotes);
            Augmentation?.Check(guard, nameof(Augmentation), config.ImageSize);
            guard.ThrowIfAny("options");
        }
    }
}
