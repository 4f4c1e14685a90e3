using System.Diagnostics;
using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.Numerics;
using IGptMl.SemiSupervised;
using Microsoft.ML;

namespace IGptMl;

/// <summary>
/// The paper's low-data evaluation (Chen et al. 2020, section 4.6): a linear classifier on features of a model that has seen no labels, fitted to 40, 250 or 4,000 labeled
/// images, measured on the whole test set, over five draws of the labels.
/// </summary>
/// <remarks>
/// As there: no augmentation, no pseudo-labels, the network stays as it is, and the labels that were not drawn are not used, nor for choosing: layer and weight of the squared
/// norm are those that do best in cross-validation within the drawn rows (a tenth of them held out once, where there are 100 a class or more).
/// </remarks>
public sealed class LowDataExperiment
{
    /// <summary>The name of the model's own representation in results.</summary>
    public const string ModelName = "Image GPT";

    private const int ResultVersion = 1;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the experiment.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model; it stays the caller's.</param>
    /// <param name="options">Budgets, seeds and the probe's settings; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <exception cref="ArgumentException">The model knows no palette, so images cannot be quantized for it.</exception>
    public LowDataExperiment(MLContext context, ImageGptModel model, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        _context = context;
        _model = model;
        _options = (options ?? new Options()) with { };
        _options.Check();
        _options.Probe.Check(model);
        model.RequirePalette(nameof(model));
    }

    /// <summary>Draws the labels, fits and evaluates.</summary>
    /// <param name="training">Images with a label of key type, to draw the labeled rows from.</param>
    /// <param name="test">Images with the same label; all of them are used.</param>
    /// <param name="progress">Receives each classifier as it is done.</param>
    /// <param name="features">Receives how far the network is.</param>
    /// <param name="cancellation">Ends the experiment early.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, rows of one class only, classes that differ between the two, or fewer rows of a class than a budget asks for.</exception>
    /// <exception cref="OperationCanceledException">The experiment was canceled.</exception>
    public LowDataResult Run(IDataView training, IDataView test, IProgress<LowDataRun>? progress = null, IProgress<FeatureProgress>? features = null, CancellationToken cancellation = default)
        => RunOn(ExperimentData.Read(_context, _model, _options.Probe, training, test, features, cancellation), progress, cancellation);

    /// <summary>The same on data that has been read.</summary>
    internal LowDataResult RunOn(ExperimentData data, IProgress<LowDataRun>? progress, CancellationToken cancellation)
    {
        var (labels, names) = (data.Training.Images.Labels, data.ClassNames);
        var subsets = _options.Budgets.Distinct().Order()
            .SelectMany(budget => _options.Seeds.Distinct().Select(seed => (Budget: budget, Seed: seed, Rows: LabelSubset.Choose(labels, names, budget, seed))))
            .ToArray();
        Representation[] layers = [.. _options.Probe.LayersOf(_model.Config).Select(layer => Representation.Of(layer)), .. _options.Probe.Concatenations.Select(set => Representation.Of(set))];
        foreach (var features in (ImageFeatures[])[data.Training, data.Test])
        {
            features.Announce(layers.SelectMany(layer => layer.Layers));
        }

        var candidates = Representation.BaselinesOf(_options.Probe).Select(baseline => (baseline.Name, Sources: (Representation[])[baseline]))
            .Append((Name: ModelName, Sources: layers));
        var scores = new List<LowDataScore>();
        foreach (var (name, sources) in candidates)
        {
            var computed = new Lazy<(Representation Source, FeatureMatrix Training, FeatureMatrix[] Test)[]>(() => [.. sources.Select(source => source.Compute(data) is var (training, test) ? (source, training, test) : default)]);
            var runs = new List<LowDataRun>();
            foreach (var (budget, seed, rows) in subsets)
            {
                cancellation.ThrowIfCancellationRequested();
                var run = _options.Probe.CustomClassifier is null
                    ? ResultCache.GetOrCompute(data.Cache, KeyOf(data, name, sources, budget, seed), () => Fit(data, name, computed.Value, budget, seed, rows, cancellation))
                    : Fit(data, name, computed.Value, budget, seed, rows, cancellation);
                runs.Add(run);
                progress?.Report(run);
            }

            scores.AddRange(runs.GroupBy(run => run.Budget).Select(group => LowDataScore.Of([.. group])));
        }

        return new LowDataResult(scores, labels.Length, data.Test.Images.Count) { FeatureDuration = data.Training.Duration + data.Test.Duration, Notes = data.Notes };
    }

    private CacheKey KeyOf(ExperimentData data, string name, IReadOnlyList<Representation> sources, int budget, int seed)
        => CacheKey.Of("low-data", new { ResultVersion, Data = data.Key, Name = name, Sources = sources.Select(source => source.Name), Classifier = _options.Probe.ClassifierKey, Budget = budget, Seed = seed });

    private LowDataRun Fit(ExperimentData data, string name, IReadOnlyList<(Representation Source, FeatureMatrix Training, FeatureMatrix[] Test)> sources, int budget, int seed, int[] rows, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var classifier = new FeatureClassifier(_context, _options.Probe);
        var (labels, testLabels, classes) = (data.Training.Images.Labels, data.Test.Images.Labels, data.ClassNames.Count);
        var (chosen, l2) = (sources[sources.Count / 2], 0f);
        double? best = null;
        foreach (var source in sources)
        {
            var (weight, accuracy) = classifier.ChooseL2(source.Training, labels, rows, classes, seed, cancellation, measureOne: sources.Count > 1);
            l2 = source == chosen && best is null ? weight : l2; // where nothing can be held out: the middle layer, the middle weight
            if (accuracy > (best ?? -1))
            {
                (chosen, l2, best) = (source, weight, accuracy);
            }
        }

        var predictions = classifier.Predict(chosen.Training, labels, rows, classes, l2, chosen.Test, [.. Enumerable.Range(0, testLabels.Length)]);
        return new LowDataRun(name, budget, seed, chosen.Source.Name, l2, predictions.Accuracy(testLabels), clock.Elapsed);
    }

    /// <summary>How many labels, drawn how often, and what is fitted to them.</summary>
    public sealed record Options
    {
        /// <summary>The numbers of labels, each 2 or more. Default 40, 250 and 4,000, as in the paper.</summary>
        public IReadOnlyList<int> Budgets { get; init; } = [40, 250, 4000];

        /// <summary>The seeds that draw the labeled rows, each 0 or more; 0 takes the first rows of each class. Default 1 to 5.</summary>
        public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3, 4, 5];

        /// <summary>Columns, candidate layers, baselines, the classifier and the cache. Default: all layers, weights 1, 30 and 1000.</summary>
        public LinearProbeOptions Probe { get; init; } = new();

        internal void Check()
        {
            var guard = new OptionGuard()
                .Require(Budgets is { Count: > 0 }, nameof(Budgets), Budgets is null ? null : "empty", "at least one number of labels")
                .Require(Seeds is { Count: > 0 }, nameof(Seeds), Seeds is null ? null : "empty", "at least one seed")
                .Require(Probe is not null, nameof(Probe), null, "the probe's options");
            foreach (var budget in Budgets ?? [])
            {
                guard.AtLeast(nameof(Budgets), budget, 2);
            }

            foreach (var seed in Seeds ?? [])
            {
                guard.AtLeast(nameof(Seeds), seed, 0);
            }

            guard.ThrowIfAny("options");
        }
    }
}
