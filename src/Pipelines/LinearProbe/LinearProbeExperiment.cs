using System.Diagnostics;
using IGptMl.Features;
using IGptMl.Hosting;
using IGptMl.Network;
using IGptMl.Palettes;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace IGptMl.LinearProbe;

/// <summary>
/// The paper's linear probe (Chen et al. 2020, section 2.4): how much a linear classifier can read from each layer of a model that has seen no labels.
/// All layers are computed in one pass over the images.
/// </summary>
public sealed class LinearProbeExperiment
{
    private const string Tokens = "Tokens";
    private const string Pixels = "RawPixels";
    private const string Histogram = "PaletteTokens";

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the experiment.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model; it stays the caller's.</param>
    /// <param name="options">Columns, layers and the classifier's settings; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <exception cref="ArgumentException">The model knows no palette, so images cannot be quantised for it.</exception>
    public LinearProbeExperiment(MLContext context, ImageGptModel model, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        _context = context;
        _model = model;
        _options = (options ?? new Options()) with { };
        _options.Check(model);
        if (model.Palette is null)
        {
            throw new ArgumentException("The model knows no palette, so images cannot be quantised for it.", nameof(model));
        }
    }

    /// <summary>The pipeline that images take to the features of the layers: quantisation with the model's palette, then one column a layer.</summary>
    /// <param name="layers">The layers; each becomes a column "Layer0", "Layer1", ….</param>
    public IEstimator<ITransformer> CreateFeaturePipeline(IReadOnlyList<int> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return _context.Transforms.QuantizeToPalette(Tokens, _options.ImageColumnName, _model)
            .Append(_context.Transforms.ExtractImageGptFeatures(_model, new ImageGptFeatureExtractingEstimator.Options
            {
                InputColumnName = Tokens,
                Columns = [.. layers.Select(layer => new ImageGptFeatureColumn(ColumnOf(layer), layer))],
                BatchSize = _options.BatchSize,
            }));
    }

    /// <summary>The classifier that is fitted to a representation: standardised features, then multinomial logistic regression by L-BFGS.</summary>
    /// <param name="featureColumnName">The representation.</param>
    /// <param name="l2Regularization">The weight of the squared norm of the classifier's weights.</param>
    public IEstimator<ITransformer> CreateClassifier(string featureColumnName, float l2Regularization)
        => _context.Transforms.NormalizeMeanVariance("Features", featureColumnName, fixZero: false)
            .Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = _options.LabelColumnName,
                FeatureColumnName = "Features",
                L1Regularization = 0,
                L2Regularization = l2Regularization,
                OptimizationTolerance = _options.OptimizationTolerance,
                MaximumNumberOfIterations = _options.MaximumNumberOfIterations,
                HistorySize = 20,
            }));

    /// <summary>Fits a classifier to every representation of the training images and evaluates it on the test images.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="test">Images with the same label.</param>
    /// <param name="progress">Receives each representation as it is done.</param>
    /// <param name="cancellation">Ends the experiment early.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no training rows or no test rows.</exception>
    /// <exception cref="OperationCanceledException">The experiment was cancelled.</exception>
    public LinearProbeResult Run(IDataView training, IDataView test, IProgress<ProbedRepresentation>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        CheckLabel(training.Schema);
        CheckLabel(test.Schema);
        var layers = _options.Layers ?? [.. Enumerable.Range(0, _model.Config.Layers + 1)];
        var representations = layers.Select(layer => (Name: $"Layer {layer}", Layer: (int?)layer, Column: ColumnOf(layer))).ToList();
        var pipeline = CreateFeaturePipeline(layers);
        if (_options.Baselines)
        {
            representations.InsertRange(0, [("Raw pixels", null, Pixels), ("Palette tokens", null, Histogram)]);
            pipeline = pipeline.Append(CreateBaselines());
        }

        var extractor = pipeline.Fit(training);
        try
        {
            string[] columns = [_options.LabelColumnName, .. representations.Select(r => r.Column)];
            var trainingFeatures = Materialise(extractor.Transform(training), columns, "training", cancellation);
            var testFeatures = Materialise(extractor.Transform(test), columns, "test", cancellation);
            var results = new List<ProbedRepresentation>();
            foreach (var (name, layer, column) in representations)
            {
                cancellation.ThrowIfCancellationRequested();
                var result = Probe(name, layer, column, trainingFeatures, testFeatures, cancellation);
                results.Add(result);
                progress?.Report(result);
            }

            return new LinearProbeResult(
                [.. results.Where(r => r.Layer is not null)],
                [.. results.Where(r => r.Layer is null)],
                trainingFeatures.GetRowCount() ?? 0,
                testFeatures.GetRowCount() ?? 0);
        }
        finally
        {
            (extractor as IDisposable)?.Dispose();
        }
    }

    private static string ColumnOf(int layer) => $"Layer{layer}";

    /// <summary>The same images at the model's resolution, and the number of times each palette colour occurs in them.</summary>
    private IEstimator<ITransformer> CreateBaselines()
        => new ResizedPixelsEstimator(_context, Pixels, _options.ImageColumnName, _model.Config.ImageSize, _model.Cropping)
            .Append(_context.Transforms.Conversion.MapKeyToVector(Histogram, Tokens, outputCountVector: true));

    private ProbedRepresentation Probe(string name, int? layer, string column, IDataView training, IDataView test, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var l2 = ChooseL2(column, training, cancellation);
        var accuracy = Accuracy(column, l2, training, test);
        var length = ((VectorDataViewType)training.Schema[column].Type).Size;
        return new ProbedRepresentation(name, layer, length, accuracy, l2, clock.Elapsed);
    }

    /// <summary>The weight of the grid that does best on a tenth of the training rows (paper, section 3.4: a tenth held out for choices, then a fit to all).</summary>
    private float ChooseL2(string column, IDataView training, CancellationToken cancellation)
    {
        if (_options.L2Regularization.Count == 1)
        {
            return _options.L2Regularization[0];
        }

        var split = _context.Data.TrainTestSplit(training, testFraction: 0.1, seed: 1);
        return _options.L2Regularization.MaxBy(l2 =>
        {
            cancellation.ThrowIfCancellationRequested();
            return Accuracy(column, l2, split.TrainSet, split.TestSet);
        });
    }

    private double Accuracy(string column, float l2, IDataView training, IDataView test)
    {
        var classifier = CreateClassifier(column, l2).Fit(training);
        try
        {
            return _context.MulticlassClassification.Evaluate(classifier.Transform(test), _options.LabelColumnName).MicroAccuracy;
        }
        finally
        {
            (classifier as IDisposable)?.Dispose();
        }
    }

    /// <summary>All columns in memory after one pass: the layers come from one run of the network, and classifiers make many passes.</summary>
    private IDataView Materialise(IDataView view, string[] columns, string role, CancellationToken cancellation)
    {
        var cache = _context.Data.Cache(view, columns);
        using var cursor = cache.GetRowCursor(cache.Schema.Where(c => columns.Contains(c.Name) && !c.IsHidden));
        while (cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return cache.GetRowCount() > 0 ? cache : throw new InvalidOperationException($"There is nothing to probe: the {role} data has no rows.");
    }

    private void CheckLabel(DataViewSchema schema)
    {
        var label = SchemaErrors.Require(schema, _context, "label", _options.LabelColumnName);
        if (label.Type is not KeyDataViewType)
        {
            throw SchemaErrors.Mismatch(_context, "label", label.Name, "Key<UInt32>", label.Type.ToString() ?? string.Empty);
        }
    }

    /// <summary>What is probed, and with which classifier.</summary>
    public sealed record Options
    {
        /// <summary>The column of images. Default "Image".</summary>
        public string ImageColumnName { get; init; } = "Image";

        /// <summary>The column of classes, of key type. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The layers, 0 to L; null means all. Default null.</summary>
        public IReadOnlyList<int>? Layers { get; init; }

        /// <summary>Whether raw pixels and palette tokens are probed, too. Default true.</summary>
        public bool Baselines { get; init; } = true;

        /// <summary>The greatest number of images whose features are computed together, 1 to 4,096. Default 32.</summary>
        public int BatchSize { get; init; } = 32;

        /// <summary>
        /// The weights of the squared norm of the classifier's weights to choose from, each at least 0. Of several, the one is taken that does best on a
        /// tenth of the training rows, and the classifier is then fitted to all. Default 1, 30 and 1000.
        /// </summary>
        public IReadOnlyList<float> L2Regularization { get; init; } = [1, 30, 1000];

        /// <summary>The improvement of the loss at which L-BFGS ends, more than 0. Default 1e-4.</summary>
        public float OptimizationTolerance { get; init; } = 1e-4f;

        /// <summary>The greatest number of L-BFGS iterations, at least 1. Default 500.</summary>
        public int MaximumNumberOfIterations { get; init; } = 500;

        internal void Check(ImageGptModel model)
        {
            var guard = new OptionGuard()
                .Name(nameof(ImageColumnName), ImageColumnName)
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Range(nameof(BatchSize), BatchSize, 1, 4096)
                .Require(L2Regularization is { Count: > 0 }, nameof(L2Regularization), L2Regularization is null ? null : "empty", "at least one weight")
                .Positive(nameof(OptimizationTolerance), OptimizationTolerance)
                .AtLeast(nameof(MaximumNumberOfIterations), MaximumNumberOfIterations, 1)
                .Require(Layers is not { Count: 0 }, nameof(Layers), "empty", $"layers from 0 to {model.Config.Layers}");
            foreach (var weight in L2Regularization ?? [])
            {
                guard.AtLeast(nameof(L2Regularization), weight, 0);
            }

            foreach (var layer in Layers ?? [])
            {
                guard.Range(nameof(Layers), layer, 0, model.Config.Layers);
            }

            guard.ThrowIfAny("options");
        }
    }
}
