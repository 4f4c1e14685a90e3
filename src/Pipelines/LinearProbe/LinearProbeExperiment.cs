using System.Diagnostics;
using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.Hosting;
using Microsoft.ML;

namespace IGptMl;

/// <summary>
/// The paper's linear probe (Chen et al. 2020, section 2.4), which measures how well a linear classifier performs on each layer of a model that was trained
/// without labels. All layers are computed in one pass over the images.
/// </summary>
/// <remarks>The features of all probed layers are in memory at once: rows · layers · d · 4 bytes.</remarks>
public sealed class LinearProbeExperiment
{
    /// <summary>The seed of the split by which the L2 regularization weight is chosen.</summary>
    internal const int SplitSeed = 1;

    private const int ResultVersion = 1;
    private const string Tokens = "Tokens";

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly LinearProbeOptions _options;

    /// <summary>Prepares the experiment.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model. The caller owns it.</param>
    /// <param name="options">Columns, layers and the classifier's settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <exception cref="ArgumentException">The model has no palette, so images cannot be quantized for it.</exception>
    public LinearProbeExperiment(MLContext context, ImageGptModel model, LinearProbeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        _context = context;
        _model = model;
        _options = (options ?? new LinearProbeOptions()) with { };
        _options.Check(model);
        model.RequirePalette(nameof(model));
    }

    /// <summary>Creates the pipeline from images to features: quantization with the model's palette, then one column per layer.</summary>
    /// <param name="layers">The layers; each becomes a column "Layer0", "Layer1", ….</param>
    public IEstimator<ITransformer> CreateFeaturePipeline(IReadOnlyList<int> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return CreatePipeline([.. layers.Select(layer => new ImageGptFeatureColumn($"Layer{layer}", layer))]);
    }

    /// <summary>
    /// Creates the classifier for a representation: standardization, unless the options disable it, then the trainer of the options.
    /// </summary>
    /// <param name="featureColumnName">The column of features.</param>
    /// <param name="l2Regularization">The L2 regularization weight, relative to the loss summed over all rows.</param>
    /// <param name="rows">
    /// The number of rows to which it will be fitted, for trainers whose weight is relative to the mean loss:
    /// <see cref="ProbeClassifier.SdcaMaximumEntropy"/>.
    /// </param>
    public IEstimator<ITransformer> CreateClassifier(string featureColumnName, float l2Regularization, long rows = 1)
        => new FeatureClassifier(_context, _options).Create(featureColumnName, l2Regularization, rows);

    /// <summary>
    /// Fits the whole pipeline from images to classes, for saving and prediction: tokens, features of the layers, the classifier, and the class as text in the
    /// column "PredictedClass".
    /// </summary>
    /// <param name="training">Images with a label of key type, whose key values are the classes' names.</param>
    /// <param name="representation">The best representation that <see cref="Run"/> found, or another one of its layers.</param>
    /// <exception cref="ArgumentException">The representation is a baseline, which has no layers.</exception>
    public ITransformer Fit(IDataView training, ProbedRepresentation representation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(representation);
        if (representation.Layers.Count == 0)
        {
            throw new ArgumentException($"'{representation.Name}' is a baseline, which has no layers.", nameof(representation));
        }

        LabelColumn.Require(training.Schema, _context, _options.LabelColumnName, leastClasses: 1);
        const string column = "ImageGpt";
        var classifier = CreateClassifier(column, representation.L2Regularization, training.GetRowCount() ?? 1);
        var pipeline = _model.Config.Objective == PretrainingObjective.Masked
            ? CreateQuantizer().Append(CreateEnsemble(classifier, column, representation.Layers))
            : (IEstimator<ITransformer>)CreatePipeline([new ImageGptFeatureColumn(column, representation.Layers)])
                .AppendCacheCheckpoint(_context)
                .Append(classifier);
        return pipeline
            .Append(_context.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"))
            .Fit(training);
    }

    /// <summary>Fits a classifier to every representation of the training images and evaluates it on the test images.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="test">Images with the same label.</param>
    /// <param name="progress">Receives each representation when it is finished.</param>
    /// <param name="features">Receives the progress of computing features.</param>
    /// <param name="cancellationToken">Cancels the experiment.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are no training rows or no test rows, all rows have one class, or the classes of training and test data differ.
    /// </exception>
    /// <exception cref="OperationCanceledException">The experiment was canceled.</exception>
    public LinearProbeResult Run(
        IDataView training,
        IDataView test,
        IProgress<ProbedRepresentation>? progress = null,
        IProgress<FeatureProgress>? features = null,
        CancellationToken cancellationToken = default)
        => RunOn(ExperimentData.Read(_context, _model, _options, training, test, features, cancellationToken), progress, cancellationToken);

    /// <summary>Runs the experiment on data that has been read.</summary>
    internal LinearProbeResult RunOn(ExperimentData data, IProgress<ProbedRepresentation>? progress, CancellationToken cancellationToken)
    {
        var layers = _options.LayersOf(_model.Config);
        Representation[] representations =
        [
            .. Representation.BaselinesOf(_options),
            .. layers.Select(layer => Representation.Of(layer)),
            .. _options.Concatenations.Select(set => Representation.Of(set)),
        ];
        foreach (var features in (ImageFeatures[])[data.Training, data.Test])
        {
            features.Announce(representations.SelectMany(representation => representation.Layers));
        }

        var results = new List<ProbedRepresentation>();
        foreach (var representation in representations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = _options.CustomClassifier is null
                ? ResultCache.GetOrCompute(data.Cache, KeyOf(data, representation), () => Probe(data, representation, cancellationToken))
                : Probe(data, representation, cancellationToken);
            results.Add(result);
            progress?.Report(result);
        }

        return new LinearProbeResult
        {
            Layers = [.. results.Where(r => r.Layers.Count > 0)],
            Baselines = [.. results.Where(r => r.Layers.Count == 0)],
            TrainingRows = data.Training.Images.Count,
            TestRows = data.Test.Images.Count,
            ClassNames = data.ClassNames,
            TestClasses = data.Test.Images.Labels,
            FeatureDuration = data.Training.Duration + data.Test.Duration,
            Notes = data.Notes,
        };
    }

    private CacheKey KeyOf(ExperimentData data, Representation representation)
        => CacheKey.Of("probe", new { ResultVersion, Data = data.Key, representation.Name, Classifier = _options.ClassifierKey, Seed = SplitSeed });

    private IEstimator<ITransformer> CreatePipeline(IReadOnlyList<ImageGptFeatureColumn> columns)
        => CreateQuantizer().Append(_context.Transforms.ExtractImageGptFeatures(_model, new ImageGptFeatureExtractingEstimator.Options
        {
            InputColumnName = Tokens,
            Columns = columns,
            BatchSize = _options.BatchSize,
            Masking = TokenMasking.Of(_model.Config, new TokenMasking { Probability = _options.MaskProbability }),
        }));

    private PaletteQuantizingEstimator CreateQuantizer() => _context.Transforms.QuantizeToPalette(Tokens, _options.ImageColumnName, _model);

    private MaskVoteTrainer CreateEnsemble(IEstimator<ITransformer> classifier, string featureColumn, IReadOnlyList<int> layers)
        => _context.MulticlassClassification.Trainers.ImageGptMaskVote(_model, classifier, new MaskVoteTrainer.Options
        {
            InputColumnName = Tokens,
            LabelColumnName = _options.LabelColumnName,
            FeatureColumnName = featureColumn,
            Layers = layers,
            Votes = _options.Votes,
            MaskProbability = _options.MaskProbability,
            BatchSize = _options.BatchSize,
        });

    private ProbedRepresentation Probe(ExperimentData data, Representation representation, CancellationToken cancellationToken)
    {
        var (training, test) = representation.Compute(data);
        var clock = Stopwatch.StartNew();
        var classifier = new FeatureClassifier(_context, _options);
        var (labels, testLabels, classes) = (data.Training.Images.Labels, data.Test.Images.Labels, data.ClassNames.Count);
        int[] rows = [.. Enumerable.Range(0, labels.Length)];
        var (l2, held) = classifier.ChooseL2(training, labels, rows, classes, SplitSeed, cancellationToken);
        var predictions = classifier.Predict(training, labels, rows, classes, l2, test, [.. Enumerable.Range(0, testLabels.Length)]);
        return new ProbedRepresentation
        {
            Name = representation.Name,
            Layer = representation.Layer,
            FeatureCount = training.Width,
            Accuracy = predictions.Accuracy(testLabels),
            L2Regularization = l2,
            Duration = clock.Elapsed,
            Layers = representation.Layers,
            Top5Accuracy = predictions.TopFive(testLabels),
            ValidationAccuracy = held,
            PredictedClasses = predictions.Best(),
        };
    }
}
