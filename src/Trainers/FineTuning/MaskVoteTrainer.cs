using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Inference;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl;

/// <summary>
/// The <see cref="IEstimator{TTransformer}"/> for classifying images by the features of a masked model and a majority vote over several masks. It turns any
/// multiclass trainer of ML.NET into such an ensemble.
/// </summary>
/// <remarks>
/// <format type="text/markdown"><![CDATA[
/// To create this trainer, use `mlContext.MulticlassClassification.Trainers.ImageGptMaskVote`.
///
/// ### Input and Output Columns
/// The input label column must be of [key](xref:Microsoft.ML.Data.KeyDataViewType) type (UInt32) with two values or more. The token column must be a
/// known-sized vector of key type (UInt16), as QuantizeToPalette outputs it: as many tokens as the model has positions, as many key values as it has colors.
///
/// | Output Column Name | Column Type | Description|
/// | -- | -- | -- |
/// | `PredictedLabel` | [key](xref:Microsoft.ML.Data.KeyDataViewType) type | The class with the most votes; missing if the tokens are. |
/// | `Score` | Vector of <xref:System.Single> | The mean of the classifier's scores over the masks that voted for that class; NaN if the tokens are missing. |
///
/// ### Trainer Characteristics
/// |  |  |
/// | -- | -- |
/// | Machine learning task | Multiclass classification |
/// | Is normalization required? | Depends on the classifier |
/// | Is caching required? | No; the features are cached for the classifier |
/// | Required NuGet in addition to Microsoft.ML | IGptMl.Trainers, TorchSharp-cpu or TorchSharp-cuda |
/// | Exportable to ONNX | No |
///
/// ### Training Algorithm Details
/// The classifier is fitted to the features of each image under its first mask. To classify an image, the classifier is applied to its features under each of
/// several masks, and the class with the most votes is predicted. Ties are broken at random, by a seed (Chen et al. 2020, section 4.4: five masks).
/// ]]></format>
/// </remarks>
public sealed class MaskVoteTrainer : IEstimator<MaskVoteTransformer>
{
    private readonly IHost _host;
    private readonly ImageGptModel _model;
    private readonly IEstimator<ITransformer> _classifier;
    private readonly Options _options;

    internal MaskVoteTrainer(IHostEnvironment environment, ImageGptModel model, IEstimator<ITransformer> classifier, Options options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(options);
        _host = HostSettings.Register(environment, nameof(MaskVoteTrainer));
        options.Check(model);
        _model = model;
        _classifier = classifier;
        _options = options with { Layers = [.. options.LayersOf(model.Config)] };
    }

    /// <summary>Computes the features of all rows, and fits the classifier to them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has another type, or the classifier does not output a score per class.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public MaskVoteTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        TokenColumn.Require(input.Schema, _host, _options.InputColumnName, _model.Config.Colors, _model.Config.ContextLength);
        var label = LabelColumn.Require(input.Schema, _host, _options.LabelColumnName);
        var extraction = new ImageGptFeatureExtractingEstimator(_host, _model, _options.ExtractionOf(vote: 0));
        var fitted = new EstimatorChain<ITransformer>().Append(extraction).AppendCacheCheckpoint(_host).Append(_classifier).Fit(input);
        foreach (var transformer in fitted.SkipLast(1))
        {
            (transformer as IDisposable)?.Dispose();
        }

        var model = _model.Share();
        try
        {
            return new MaskVoteTransformer(_host, model, fitted.LastTransformer, LabelColumn.Count(label), ClassValues.Of(label), _options);
        }
        catch
        {
            model.Dispose();
            (fitted.LastTransformer as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        TokenColumn.Check(inputSchema, _host, _options.InputColumnName);
        const int anyNumber = 2; // the schema does not depend on the number of classes
        var label = LabelColumn.Check(inputSchema, _host, _options.LabelColumnName);
        return SchemaPromise.Extend(inputSchema, ClassificationColumns.Create(anyNumber, ClassValues.Of(label, anyNumber)).Select(c => c.Definition));
    }

    /// <summary>The advanced options of <see cref="MaskVoteTrainer"/>.</summary>
    public sealed record Options
    {
        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The column of classes, a key of UInt32. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The column from which the classifier reads features; only the classifier sees it. Default "Features".</summary>
        public string FeatureColumnName { get; init; } = "Features";

        /// <summary>The layers, 0 to L, whose position-averaged representations are the features; null means the middle one, L / 2. Default null.</summary>
        public IReadOnlyList<int>? Layers { get; init; }

        /// <summary>The number of masks that vote, 1 to 1,000. Default 5.</summary>
        public int Votes { get; init; } = MajorityVote.DefaultVotes;

        /// <summary>The probability with which each token is hidden, more than 0 and less than 1. Default 0.15.</summary>
        public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

        /// <summary>
        /// The seed of the first mask, whose features the classifier is fitted to. The other masks use the following seeds. Ties are also broken by this seed.
        /// Default 0.
        /// </summary>
        public int Seed { get; init; }

        /// <summary>The maximum number of rows per batch, 1 to 4,096. It does not change the values beyond rounding. Default 32.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether to fall back to the CPU if the GPU is not available; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        internal IReadOnlyList<int> LayersOf(ImageGptConfig config) => Layers ?? [config.Layers / 2];

        /// <summary>The options that extract the features of a vote. <see cref="Layers"/> must be given.</summary>
        internal ImageGptFeatureExtractingEstimator.Options ExtractionOf(int vote) => new()
        {
            InputColumnName = InputColumnName,
            Columns = [new ImageGptFeatureColumn(FeatureColumnName, Layers!)],
            BatchSize = BatchSize,
            Masking = new TokenMasking { Probability = MaskProbability, Seed = unchecked(Seed + vote) },
            GpuDeviceId = GpuDeviceId,
            FallbackToCpu = FallbackToCpu,
        };

        internal void Check(ImageGptModel model)
        {
            var guard = new OptionGuard()
                .Require(model.Config.Objective == PretrainingObjective.Masked, "The model", "an autoregressive one", "a masked (BERT) model")
                .Name(nameof(InputColumnName), InputColumnName)
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Name(nameof(FeatureColumnName), FeatureColumnName)
                .Require(Layers is not { Count: 0 }, nameof(Layers), "empty", $"layers from 0 to {model.Config.Layers}")
                .Range(nameof(Votes), Votes, 1, ImageGptFineTuneTrainer.MaximumVotes)
                .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1")
                .Range(nameof(BatchSize), BatchSize, 1, 4096);
            foreach (var layer in Layers ?? [])
            {
                guard.Range(nameof(Layers), layer, 0, model.Config.Layers);
            }

            guard.ThrowIfAny("options");
        }
    }
}
