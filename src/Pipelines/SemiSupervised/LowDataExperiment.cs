using System.Diagnostics;
using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.Numerics;
using IGptMl.SemiSupervised;
using Microsoft.ML;

namespace IGptMl;

/// <summary>
/// The paper's low-data evaluation (Chen et al. 2020, section 4.6): a linear classifier on features of a model that was trained without labels, fitted to
/// 40, 250 or 4,000 labeled images and evaluated on the whole test set, over five draws of the labels.
/// </summary>
/// <remarks>
/// As in the paper, there is no augmentation, there are no pseudo-labels, and the network is not changed. Labels that were not drawn are not used at all:
/// layer and L2 regularization weight are those with the highest accuracy in cross-validation within the drawn rows (with 100 per class or more, a tenth of
/// them is held out once).
/// </remarks>
public sealed class LowDataExperiment
{
    /// <summary>The name of the model's own representation in results.</summary>
    public const string ModelName = "Image GPT";

    /// <summary>The numbers of labels of the paper.</summary>
    internal static readonly IReadOnlyList<int> PaperBudgets = [40, 250, 4000];

    private const int ResultVersion = 1;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the experiment.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model. The caller owns it.</param>
    /// <param name="options">Budgets, seeds and the probe's settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <exception cref="ArgumentException">The model has no palette, so images cannot be quantized for it.</exception>
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
    /// <param name="training">Images with a label of key type, from which the labeled rows are drawn.</param>
    /// <param name="test">Images with the same label; all of them are used.</param>
    /// <param name="progress">Receives each classifier when it is finished.</param>
    /// <param name="features">Receives the progress of computing features.</param>
    /// <param name="cancellationToken">Cancels the experiment.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">
    /// There are no rows, all rows have one class, the classes of training and test data differ, or a class has fewer rows than a budget needs.
    /// </exception>
    /// <exception cref="OperationCanceledException">The experiment was canceled.</exception>
    public LowDataResult Run(
        IDataView training,
        IDataView test,
        IProgress<LowDataRun>? progress = null,
        IProgress<FeatureProgress>? features = null,
        CancellationToken cancellationToken = default)
    {
        var data = ExperimentData.Read(_context, _model, _options.Probe, training, test, features, cancellationToken);
        return RunOn(data, ChooseBudgets(data), progress, cancellationToken);
    }

    /// <summary>
    /// Chooses the numbers of labels for the data before any features are computed: all explicit ones, or the paper's for which there are enough rows.
    /// </summary>
    /// <exception cref="InvalidOperationException">There are not enough rows for an explicit budget, or for any of the paper's.</exception>
    internal IReadOnlyList<int> ChooseBudgets(ExperimentData data)
    {
        var shortages = (_options.Budgets ?? PaperBudgets).Distinct().Order()
            .Select(budget => (Budget: budget, Problem: LabelSubset.FindShortage(data.Training.Images.Labels, data.ClassNames, budget)))
            .ToArray();
        var served = shortages.Where(each => each.Problem is null).Select(each => each.Budget).ToArray();
        foreach (var (_, problem) in shortages.Where(each => each.Problem is not null))
        {
            if (_options.Budgets is not null || served.Length == 0)
            {
                throw new InvalidOperationException(problem);
            }

            data.Note($"{problem} It is omitted.");
        }

        return served;
    }

    /// <summary>Runs the experiment on data that has been read.</summary>
    internal LowDataResult RunOn(ExperimentData data, IReadOnlyList<int> budgets, IProgress<LowDataRun>? progress, CancellationToken cancellationToken)
    {
        var (labels, names) = (data.Training.Images.Labels, data.ClassNames);
        var subsets = budgets
            .SelectMany(budget => _options.Seeds.Distinct().Select(seed => (Budget: budget, Seed: seed, Rows: LabelSubset.Choose(labels, names, budget, seed))))
            .ToArray();
        Representation[] layers =
        [
            .. _options.Probe.LayersOf(_model.Config).Select(layer => Representation.Of(layer)),
            .. _options.Probe.Concatenations.Select(set => Representation.Of(set)),
        ];
        foreach (var features in (ImageFeatures[])[data.Training, data.Test])
        {
            features.Announce(layers.SelectMany(layer => layer.Layers));
        }

        var candidates = Representation.BaselinesOf(_options.Probe).Select(baseline => (baseline.Name, Sources: (Representation[])[baseline]))
            .Append((Name: ModelName, Sources: layers));
        var scores = new List<LowDataScore>();
        foreach (var (name, sources) in candidates)
        {
            var computed = new Lazy<(Representation Source, FeatureMatrix Training, FeatureMatrix[] Test)[]>(
                () => [.. sources.Select(source => source.Compute(data) is var (training, test) ? (source, training, test) : default)]);
            var runs = new List<LowDataRun>();
            foreach (var (budget, seed, rows) in subsets)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var run = _options.Probe.CustomClassifier is null
                    ? ResultCache.GetOrCompute(
                        data.Cache,
                        KeyOf(data, name, sources, budget, seed),
                        () => Fit(data, name, computed.Value, budget, seed, rows, cancellationToken))
                    : Fit(data, name, computed.Value, budget, seed, rows, cancellationToken);
                runs.Add(run);
                progress?.Report(run);
            }

            scores.AddRange(runs.GroupBy(run => run.Budget).Select(group => LowDataScore.Of([.. group])));
        }

        return new LowDataResult
        {
            Scores = scores,
            TrainingRows = labels.Length,
            TestRows = data.Test.Images.Count,
            FeatureDuration = data.Training.Duration + data.Test.Duration,
            Notes = data.Notes,
        };
    }

    private CacheKey KeyOf(ExperimentData data, string name, IReadOnlyList<Representation> sources, int budget, int seed)
    {
        var parts = new
        {
            ResultVersion,
            Data = data.Key,
            Name = name,
            Sources = sources.Select(source => source.Name),
            Classifier = _options.Probe.ClassifierKey,
            Budget = budget,
            Seed = seed,
        };
        return CacheKey.Of("low-data", parts);
    }

    private LowDataRun Fit(
        ExperimentData data,
        string name,
        IReadOnlyList<(Representation Source, FeatureMatrix Training, FeatureMatrix[] Test)> sources,
        int budget,
        int seed,
        int[] rows,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var classifier = new FeatureClassifier(_context, _options.Probe);
        var (labels, testLabels, classes) = (data.Training.Images.Labels, data.Test.Images.Labels, data.ClassNames.Count);
        var (chosen, l2) = (sources[sources.Count / 2], 0f);
        double? best = null;
        foreach (var source in sources)
        {
            var (weight, accuracy) = classifier.ChooseL2(source.Training, labels, rows, classes, seed, cancellationToken, measureOne: sources.Count > 1);
            l2 = source == chosen && best is null ? weight : l2; // if no row can be held out: the middle layer, the middle weight
            if (accuracy > (best ?? -1))
            {
                (chosen, l2, best) = (source, weight, accuracy);
            }
        }

        var predictions = classifier.Predict(chosen.Training, labels, rows, classes, l2, chosen.Test, [.. Enumerable.Range(0, testLabels.Length)]);
        return new LowDataRun
        {
            Representation = name,
            Budget = budget,
            Seed = seed,
            Source = chosen.Source.Name,
            L2Regularization = l2,
            Accuracy = predictions.Accuracy(testLabels),
            Duration = clock.Elapsed,
        };
    }

    /// <summary>The numbers of labels, the draws, and the classifiers.</summary>
    public sealed record Options
    {
        /// <summary>
        /// The numbers of labels, each 2 or more, for which the training data must have enough rows of each class. Default null: the paper's 40, 250 and
        /// 4,000, without those for which there are not enough rows; a note names these.
        /// </summary>
        public IReadOnlyList<int>? Budgets { get; init; }

        /// <summary>The seeds that draw the labeled rows, each 0 or more; 0 takes the first rows of each class. Default 1 to 5.</summary>
        public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3, 4, 5];

        /// <summary>Columns, candidate layers, baselines, the classifier and the cache. Default: all layers, weights 1, 30 and 1000.</summary>
        public LinearProbeOptions Probe { get; init; } = new();

        internal void Check()
        {
            var guard = new OptionGuard()
                .Require(Budgets is null or { Count: > 0 }, nameof(Budgets), "empty", "at least one number of labels")
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
