using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace IGptMl.Classification;

/// <summary>ML.NET's classifiers on features in memory: fitting, the choice of the L2 regularization weight, prediction.</summary>
internal sealed class FeatureClassifier
{
    private const string Features = "Features";
    private const string Source = "Representation";
    private const string ScoreColumn = "Score";
    private const int HistorySize = 20;

    private readonly MLContext _context;
    private readonly LinearProbeOptions _options;

    internal FeatureClassifier(MLContext context, LinearProbeOptions options)
    {
        _context = context;
        _options = options;
    }

    /// <summary>The L2 regularization weights to choose from; a single 0 if the classifier has none.</summary>
    internal IReadOnlyList<float> Grid =>
        _options.CustomClassifier is null && _options.Classifier == ProbeClassifier.FastTree ? [0] : _options.L2Regularization;

    /// <summary>Creates the pipeline from a column of features to scores.</summary>
    /// <param name="featureColumn">The column of features.</param>
    /// <param name="l2">The L2 regularization weight, relative to the loss summed over all rows.</param>
    /// <param name="rows">The number of rows to which it will be fitted.</param>
    internal IEstimator<ITransformer> Create(string featureColumn, float l2, long rows)
    {
        var trainer = CreateTrainer(l2, rows);
        return _options.Standardize
            ? _context.Transforms.NormalizeMeanVariance(Features, featureColumn, fixZero: false).Append(trainer)
            : _context.Transforms.CopyColumns(Features, featureColumn).Append(trainer);
    }

    /// <summary>
    /// Chooses the L2 regularization weight with the highest accuracy on rows held out of <paramref name="rows"/>, and returns it with that accuracy. If no
    /// row can be held out, it is the middle weight of the grid, without an accuracy.
    /// </summary>
    /// <remarks>A grid of one weight is measured only if <paramref name="measureOne"/> is true.</remarks>
    internal (float L2, double? Accuracy) ChooseL2(
        FeatureMatrix features,
        int[] labels,
        int[] rows,
        int classes,
        int seed,
        CancellationToken cancellationToken,
        bool measureOne = false)
    {
        var folds = Grid.Count == 1 && !measureOne ? [] : StratifiedFolds.Create(labels, rows, seed);
        if (folds.Count == 0)
        {
            return (Grid[Grid.Count / 2], null);
        }

        return Grid.Select(l2 => (L2: l2, Accuracy: Mean(l2))).MaxBy(choice => choice.Accuracy);

        double? Mean(float l2) => folds.Sum(fold =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var predictions = Predict(features, labels, fold.Fitted, classes, l2, [features], fold.HeldOut);
            return predictions.Accuracy([.. fold.HeldOut.Select(row => labels[row])]) * fold.HeldOut.Length;
        }) / folds.Sum(fold => fold.HeldOut.Length);
    }

    /// <summary>Fits to some rows and predicts others. If there are several versions of the test rows, the majority of their predictions counts.</summary>
    internal Predictions Predict(
        FeatureMatrix training,
        int[] labels,
        int[] rows,
        int classes,
        float l2,
        IReadOnlyList<FeatureMatrix> tests,
        int[] testRows)
    {
        var view = new MemoryView(rows).Add(Source, training).Add(_options.LabelColumnName, labels, classes);
        var fitted = Create(Source, l2, rows.Length).Fit(view);
        try
        {
            return Predictions.Elect([.. tests.Select(Score)]);
        }
        finally
        {
            (fitted as IDisposable)?.Dispose();
        }

        Predictions Score(FeatureMatrix test)
        {
            var asked = new MemoryView(testRows).Add(Source, test).Add(_options.LabelColumnName, new int[test.Rows], classes);
            return new Predictions(classes, ReadScores(fitted.Transform(asked), testRows.Length, classes));
        }
    }

    private static float[] ReadScores(IDataView view, int rows, int classes)
    {
        var column = view.Schema[ScoreColumn];
        if (column.Type is not VectorDataViewType { Size: var size } || size != classes)
        {
            throw new InvalidOperationException(
                $"The classifier's column '{ScoreColumn}' has the type {column.Type}; expected Vector<Single, {classes}>, one score per class.");
        }

        var scores = new float[checked(rows * classes)];
        VBuffer<float> values = default;
        using var cursor = view.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        for (var row = 0; cursor.MoveNext(); row++)
        {
            getter(ref values);
            values.CopyTo(scores.AsSpan(row * classes, classes));
        }

        return scores;
    }

    private IEstimator<ITransformer> CreateTrainer(float l2, long rows)
    {
        var trainers = _context.MulticlassClassification.Trainers;
        if (_options.CustomClassifier is { } create)
        {
            return create(Features, _options.LabelColumnName, l2);
        }

        return _options.Classifier switch
        {
            ProbeClassifier.SdcaMaximumEntropy => trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = _options.LabelColumnName,
                FeatureColumnName = Features,
                L1Regularization = 0,
                L2Regularization = Math.Max(l2, float.Epsilon) / rows, // relative to the mean loss
                ConvergenceTolerance = _options.OptimizationTolerance,
                MaximumNumberOfIterations = _options.MaximumNumberOfIterations,
                NumberOfThreads = 1, // with more threads, the result depends on their timing
            }),
            ProbeClassifier.FastTree => trainers.OneVersusAll(
                _context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
                {
                    LabelColumnName = _options.LabelColumnName, FeatureColumnName = Features,
                }),
                _options.LabelColumnName),
            _ => trainers.LbfgsMaximumEntropy(new LbfgsMaximumEntropyMulticlassTrainer.Options
            {
                LabelColumnName = _options.LabelColumnName,
                FeatureColumnName = Features,
                L1Regularization = 0,
                L2Regularization = l2,
                OptimizationTolerance = _options.OptimizationTolerance,
                MaximumNumberOfIterations = _options.MaximumNumberOfIterations,
                HistorySize = HistorySize,
            }),
        };
    }
}
