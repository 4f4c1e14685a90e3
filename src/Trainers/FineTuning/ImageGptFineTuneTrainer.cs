using IGptMl.Batches;
using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Models;
using IGptMl.Network;
using IGptMl.Numerics;
using IGptMl.Optimization;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl;

/// <summary>The <see cref="IEstimator{TTransformer}"/> for fine-tuning a pretrained Image GPT to classify images.</summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use `mlContext.MulticlassClassification.Trainers.ImageGptFineTune`.
///
/// ### Input and Output Columns
/// The input label column must be of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt32) with two values or more. The token column must be a
/// known-sized vector of key type (UInt16), as QuantizeToPalette outputs it: as many tokens as the model has positions, as many key values as it has colors.
/// Rows with missing tokens or labels are skipped, with a warning.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `PredictedLabel` | [key](xref:Microsoft.ML.Data.KeyDataViewType) type | The class with the highest score; missing if the tokens are. |
/// | `Score` | Vector of <xref:System.Single> | The probability of each class, in the order of the keys; NaN if the tokens are missing. |
///
/// ### Trainer Characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | No |
/// | Is caching required? | No; the tokens are read once, into memory, two bytes each |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Trainers, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | Yes, unless tokens are hidden at random from a masked model |
///
/// ### Training Algorithm Details
/// All weights of a copy of the model are trained, together with a linear classifier on the position-averaged output of the final norm. The classifier has no
/// bias and is initialized to zero. The loss is the cross-entropy of the classes plus the pretraining loss (Chen et al. 2020, section 2.3: better than the
/// former alone). A masked model is trained on images with hidden tokens, and classifies by a majority vote over several masks (section 4.4).
///
/// The optimizer is Adam with betas 0.9 and 0.95, at a constant learning rate of about a tenth of pretraining's, without weight decay or dropout. The weights
/// with the best validation accuracy are returned (section 3.3). On the CPU, the same seed gives the same weights, even if the run is interrupted and resumed
/// from a checkpoint folder. The given model does not change.
/// ]]></format>
/// </remarks>
public sealed partial class ImageGptFineTuneTrainer : IEstimator<ImageGptClassificationTransformer>
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
        _options = options with { CheckpointSteps = [.. options.CheckpointSteps] };
    }

    /// <summary>Fine-tunes a copy of the model, and validates it on the rows that <see cref="TrainingOptions.ValidationFraction"/> sets aside.</summary>
    /// <returns>The transformer with the fine-tuned model; after a cancellation, with the best model so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column of the training or validation data is missing or has another type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
    /// <exception cref="InvalidOperationException">
    /// The rows do not have two classes, the loss has become NaN or diverged, the requested GPU is not available, or the checkpoint folder holds another run's
    /// checkpoints.
    /// </exception>
    /// <exception cref="InvalidDataException">All checkpoints in the folder are damaged.</exception>
    /// <exception cref="IOException">The checkpoint folder is in use by another process, or cannot be used.</exception>
    public ImageGptClassificationTransformer Fit(IDataView input) => Fit(input, null);

    /// <summary>Fine-tunes a copy of the model on all rows of the training data, and validates it on the validation data.</summary>
    /// <param name="trainData">The training images.</param>
    /// <param name="validationData">
    /// The images on which the best weights are chosen, with the same columns and classes; null means those set aside by
    /// <see cref="TrainingOptions.ValidationFraction"/>, if any.
    /// </param>
    /// <inheritdoc cref="Fit(IDataView)"/>
    public ImageGptClassificationTransformer Fit(IDataView trainData, IDataView? validationData)
    {
        ArgumentNullException.ThrowIfNull(trainData);
        var columns = FindColumns(trainData);
        var values = ClassValues.Of(columns.Label);
        var heldOut = validationData is null ? default : FindValidationColumns(validationData, columns.Label, values);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Fine-tuning");
        using var files = _host.Start("Checkpoints");
        using var checkpoints = TrainingRun.OpenFolder(_options, files.Warn);
        var palette = QuantizedColumn.FindPalette(columns.Tokens);
        if (_model.Palette is not null && palette is not null && palette != _model.Palette)
        {
            channel.Warn(
                $"The tokens in column '{_options.InputColumnName}' have another palette than the model: what it has learned in pretraining is lost.");
        }

        var rows = Read(trainData, columns, values, channel);
        var newest = TrainingRun.FindNewest(_options, checkpoints);
        var seed = (int)_options.Distribution.Broadcast(_options.Seed ?? RunSettings.SeedOf(newest) ?? _host.Rand.Next());
        var (images, validation) = validationData is null
            ? Split(rows, seed)
            : (rows, LabeledTokens.Read(validationData, heldOut.Tokens, heldOut.Label, _options.CancellationToken));
        if (validation.Count == 0 && (validationData is not null || _options.ValidationFraction > 0))
        {
            channel.Warn("There are no validation rows: all steps are run, and the last weights are returned.");
        }

        var options = _options;
        if (options.FindLearningRate)
        {
            var rate = RunSettings.LearningRateOf(newest) ?? FindLearningRate(images, seed, device, channel).Rate;
            options = options with { LearningRate = rate, MuonLearningRate = options.ScaledMuonLearningRate(rate) };
        }

        var origin = palette is null ? new TokenOrigin(_model.Palette, _model.Cropping)
            : new TokenOrigin(palette, QuantizedColumn.FindCropping(columns.Tokens));
        using var network = CreateNetwork(rows.Classes, device);
        var task = new FineTuningTask(options, network, images, validation.Count > 0 ? validation : null, origin, seed, device);
        var (plan, batches) = (task.Plan, $"{task.ImagesPerStep}, {task.StepsPerEpoch:N0} an epoch");
        channel.Say(
            $"Fine-tuning {_model.Config.ParameterCount:N0} parameters on {images.Count:N0} images, at most {plan.Schedule.Steps:N0} steps of {batches}, "
            + $"on {device}.");
        var run = new TrainingRun(options, task, plan, checkpoints, new TrainingLog(channel.Say, channel.Warn)).Train(step
            => options.Progress?.Report(task.Progress(step)));
        var (tuned, head) = network.Split();
        return new ImageGptClassificationTransformer(
            _host,
            new ImageGptModel(tuned, origin.Palette, origin.Cropping, ModelOrigin.OfRun(run.Settings, run.Results)),
            head,
            options.Scorer,
            values,
            options.InputColumnName,
            options.GpuDeviceId,
            options.FallbackToCpu);
    }

    /// <summary>
    /// Finds a peak learning rate by a range test: a copy of the model is trained for at most 100 steps while the rate increases by a constant factor per step,
    /// from 0.00001, until the loss is twice its minimum or the rate is 1. On the CPU, the same seed gives the same rate.
    /// <see cref="TrainingOptions.FindLearningRate"/> runs this test before training.
    /// </summary>
    /// <param name="input">The training images.</param>
    /// <returns>The rate, and the loss curve that it was read from.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The test was canceled.</exception>
    /// <exception cref="InvalidOperationException">The rows do not have two classes, or the requested GPU is not available.</exception>
    public LearningRateRange FindLearningRate(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var columns = FindColumns(input);
        var device = DeviceChoice.Resolve(_host, _options.GpuDeviceId, _options.FallbackToCpu);
        using var channel = _host.Start("Finding a learning rate");
        var rows = Read(input, columns, ClassValues.Of(columns.Label), channel);
        var seed = _options.Seed ?? _host.Rand.Next();
        return FindLearningRate(Split(rows, seed).Training, seed, device, channel);
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        const int anyNumber = 2; // the schema does not depend on the number of classes
        var label = LabelColumn.Check(inputSchema, _host, _options.LabelColumnName);
        return SchemaPromise.Extend(inputSchema, ClassificationColumns.Create(anyNumber, ClassValues.Of(label, anyNumber)).Select(c => c.Definition));
    }

    private LearningRateRange FindLearningRate(LabeledTokens images, int seed, torch.Device device, IChannel channel)
    {
        using var network = CreateNetwork(images.Classes, device);
        var task = new FineTuningTask(_options, network, images, null, new TokenOrigin(null, default), seed, device);
        return new TrainingRun(_options, task, task.Plan, null, new TrainingLog(channel.Say, channel.Warn)).FindLearningRate();
    }

    /// <summary>Creates a copy of the model with a new classifier, on the device.</summary>
    private ClassifierNetwork CreateNetwork(int classes, torch.Device device)
        => new(CopyNetwork(device), classes, device) { RecomputesBlocks = _options.RecomputeActivations };

    private (DataViewSchema.Column Tokens, DataViewSchema.Column Label) FindColumns(IDataView data) =>
    (
        TokenColumn.Require(data.Schema, _host, _options.InputColumnName, _model.Config.Colors, _model.Config.ContextLength),
        LabelColumn.Require(data.Schema, _host, _options.LabelColumnName));

    /// <summary>Finds the columns of the validation data, whose label keys must have the same values.</summary>
    private (DataViewSchema.Column Tokens, DataViewSchema.Column Label) FindValidationColumns(IDataView data, DataViewSchema.Column trainingLabel,
        ClassValues? trainingValues)
    {
        var (tokens, label) = FindColumns(data);
        if (!label.Type.Equals(trainingLabel.Type))
        {
            throw SchemaErrors.Mismatch(_host, "validation label", label.Name, trainingLabel.Type.ToString()!, label.Type.ToString()!);
        }

        if (trainingValues is not null && ClassValues.Of(label) is { } values && !values.Names.SequenceEqual(trainingValues.Names, StringComparer.Ordinal))
        {
            throw SchemaErrors.Mismatch(_host, "validation label", label.Name, $"the classes {NameList.Of(trainingValues.Names)}", NameList.Of(values.Names));
        }

        return (tokens, label);
    }

    /// <summary>Reads the training rows, which must have at least two classes.</summary>
    private LabeledTokens Read(IDataView data, (DataViewSchema.Column Tokens, DataViewSchema.Column Label) columns, ClassValues? values, IChannel channel)
    {
        var rows = LabeledTokens.Read(data, columns.Tokens, columns.Label, _options.CancellationToken);
        Warn(channel, rows);
        CheckClasses(rows, values, channel);
        return rows;
    }

    private (LabeledTokens Training, LabeledTokens Validation) Split(LabeledTokens rows, int seed)
    {
        var (training, validation) = StratifiedSplit.Of(rows.Labels, _options.ValidationFraction, seed);
        return (rows.Select(training), rows.Select(validation));
    }

    private void CheckClasses(LabeledTokens rows, ClassValues? values, IChannel channel)
    {
        if (rows.Count == 0)
        {
            throw new InvalidOperationException(
                $"Training has no rows: none has both tokens in column '{_options.InputColumnName}' and a label in column '{_options.LabelColumnName}'.");
        }

        var counts = rows.CountByClass();
        var missing = Enumerable.Range(0, rows.Classes).Where(c => counts[c] == 0).Select(NameOf).ToList();
        if (missing.Count == rows.Classes - 1)
        {
            throw new InvalidOperationException(
                $"Training has rows of one class only, {NameOf(Array.FindIndex(counts, count => count > 0))}, in column '{_options.LabelColumnName}'; a "
                + $"classifier needs two.");
        }

        if (missing.Count > 0)
        {
            channel.Warning(MessageSensitivity.UserData, "There are no training rows of {0} of {1} classes: {2}.", missing.Count, rows.Classes,
                NameList.Of(missing));
        }

        string NameOf(int c) => values is null ? $"key {c + 1}" : $"'{values.Names[c]}'";
    }

    private ImageGptNetwork CopyNetwork(torch.Device device)
    {
        using var lease = _model.Lease(torch.CPU);
        var copy = NetworkWeights.Copy(lease.Network, device);
        copy.HasHead |= _options.GenerativeWeight > 0; // a missing head is learned, from zero as in pretraining
        return copy;
    }

    private static void Warn(IChannel channel, LabeledTokens rows)
    {
        if (rows.WithoutTokens > 0)
        {
            channel.Warn($"{rows.WithoutTokens} rows with missing tokens were skipped.");
        }

        if (rows.WithoutLabel > 0)
        {
            channel.Warn($"{rows.WithoutLabel} rows with missing labels were skipped.");
        }
    }
}
