using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Network;
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
/// known-sized vector of key type (UInt16), as QuantizeToPalette gives it: as many tokens as the model has positions, as many key values as it has colors.
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
        _options = options with { };
    }

    /// <summary>Fine-tunes a copy of the model on all rows.</summary>
    /// <returns>The transformer with the tuned model; after a cancellation, with the best so far.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or does not fit, of the input or of the validation set.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
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
            channel.Warning(MessageSensitivity.None, "The tokens in column '{0}' are of another palette than the model's: what it has learned in pretraining is lost.", _options.InputColumnName);
        }

        var rows = LabeledTokens.Read(input, tokenColumn, labelColumn, _options.CancellationToken);
        Warn(channel, rows);
        CheckClasses(rows, values, channel);
        var seed = _options.Seed ?? _host.Rand.Next();
        var (training, validation) = _options.ValidationSet is { } set
            ? (rows, LabeledTokens.Read(set, heldOut.Tokens, heldOut.Label, _options.CancellationToken))
            : Split(rows, seed);
        if (validation.Count == 0 && (_options.ValidationSet is not null || _options.ValidationFraction > 0))
        {
            channel.Warning(MessageSensitivity.None, "There are no validation rows: all epochs are run, and the last weights are returned.");
        }

        var network = new ClassifierNetwork(CopyNetwork(device), rows.Classes, device);
        network.RecomputesBlocks = _options.RecomputeActivations;
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

    private (LabeledTokens Training, LabeledTokens Validation) Split(LabeledTokens rows, int seed)
    {
        var (training, validation) = StratifiedSplit.Of(rows.Labels, _options.ValidationFraction, seed);
        return (rows.Select(training), rows.Select(validation));
    }

    private void CheckClasses(LabeledTokens rows, ClassValues? values, IChannel channel)
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

    private ImageGptNetwork CopyNetwork(torch.Device device)
    {
        using var lease = _model.Lease(torch.CPU);
        return NetworkWeights.Copy(lease.Network, device);
    }

    private static void Warn(IChannel channel, LabeledTokens rows)
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
}
