using System.Diagnostics;
using IGptMl.Classification;
using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl;

/// <summary>
/// The paper's full fine-tuning (Chen et al. 2020, section 4.2): all weights of a model are trained to classify images. (The linear probe leaves the model
/// unchanged.)
/// </summary>
public sealed class FineTuneExperiment
{
    private const string Tokens = "Tokens";
    private const string PredictedClass = "PredictedClass";
    private const int TopFive = 5;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the experiment.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model. The caller owns it, and it is not changed.</param>
    /// <param name="options">Columns and settings; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    /// <exception cref="ArgumentException">The model has no palette, so images cannot be quantized for it.</exception>
    public FineTuneExperiment(MLContext context, ImageGptModel model, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        _context = context;
        _model = model;
        _options = (options ?? new Options()) with { };
        _options.Check(model.Config);
        model.RequirePalette(nameof(model));
    }

    /// <summary>
    /// Checks that the test images have the classes of the training images, before hours are spent on training. <see cref="Run"/> does so itself.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">The classes differ.</exception>
    public void CheckClasses(IDataView training, IDataView test)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        ClassNames.RequireSame(RequireLabel(training), RequireLabel(test));
    }

    /// <summary>Fine-tunes a copy of the model on the training images.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="validation">
    /// Images of the same classes to choose the best weights on; null holds out a fraction of the training images, according to the options.
    /// </param>
    /// <param name="progress">Receives the progress after every step.</param>
    /// <param name="cancellationToken">Stops the training early; the best weights so far are returned.</param>
    /// <returns>The classifier, which the caller disposes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no training rows of two classes, or the loss has become NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
    public FineTunedClassifier Fit(IDataView training, IDataView? validation = null, IProgress<FineTuningProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(training);
        FineTuningProgress? last = null;
        var options = _options.Training with
        {
            LabelColumnName = _options.LabelColumnName,
            InputColumnName = Tokens,
            CancellationToken = cancellationToken,
            Progress = new Relay(value =>
            {
                last = value;
                progress?.Report(value);
            }),
        };
        var quantizer = _context.Transforms.QuantizeToPalette(Tokens, _options.ImageColumnName, _model).Fit(training);
        var tokens = quantizer.Transform(training);
        var classification = _context.MulticlassClassification.Trainers.ImageGptFineTune(_model, options).Fit(tokens, validation is null ? null
            : quantizer.Transform(validation));
        List<ITransformer> links = [quantizer, classification];
        var scored = classification.Transform(tokens);
        if (scored.Schema[ClassificationColumns.PredictedLabel].HasKeyValues())
        {
            links.Add(_context.Transforms.Conversion.MapKeyToValue(PredictedClass, ClassificationColumns.PredictedLabel).Fit(scored));
        }

        return new FineTunedClassifier(new TransformerChain<ITransformer>([.. links]), classification, last!);
    }

    /// <summary>Measures a classifier on test images, in one pass.</summary>
    /// <param name="classifier">A classifier from <see cref="Fit"/>, or a loaded one.</param>
    /// <param name="test">Images with a label of the same classes.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no test rows with an image and a label.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was canceled.</exception>
    public FineTuneResult Evaluate(ITransformer classifier, IDataView test, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(test);
        var clock = Stopwatch.StartNew();
        var names = ClassValues.NamesOf(RequireLabel(test));
        string[] columns = [_options.LabelColumnName, ClassificationColumns.PredictedLabel, ClassificationColumns.Score];
        var scored = _context.Data.Cache(classifier.Transform(test), columns);
        var (matrix, predictions) = Count(scored, names.Count, cancellationToken);
        if (predictions.Count == 0)
        {
            throw new InvalidOperationException("There is nothing to evaluate: the test data has no rows with an image and a label.");
        }

        var metrics = _context.MulticlassClassification.Evaluate(scored, _options.LabelColumnName, topKPredictionCount: names.Count > TopFive ? TopFive : 0);
        return new FineTuneResult
        {
            ClassNames = names,
            Accuracy = metrics.MicroAccuracy,
            Top5Accuracy = names.Count > TopFive ? metrics.TopKAccuracy : null,
            LogLoss = metrics.LogLoss,
            ConfusionMatrix = matrix,
            PredictedClasses = predictions,
            TestRows = predictions.Count,
            Duration = clock.Elapsed,
        };
    }

    /// <summary>Fine-tunes a copy of the model and evaluates it.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="test">Images with the same label.</param>
    /// <param name="progress">Receives the progress of the training after every step.</param>
    /// <param name="cancellationToken">Stops the training early, and then cancels the experiment.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no training rows of two classes, no test rows, or other classes in the test data.</exception>
    /// <exception cref="OperationCanceledException">The experiment was canceled.</exception>
    public FineTuneResult Run(IDataView training, IDataView test, IProgress<FineTuningProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        CheckClasses(training, test);
        using var classifier = Fit(training, validation: null, progress, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return Evaluate(classifier.Transformer, test, cancellationToken) with { Duration = clock.Elapsed };
    }

    private (IReadOnlyList<IReadOnlyList<int>> Matrix, IReadOnlyList<int> Predictions) Count(IDataView scored, int classes, CancellationToken cancellationToken)
    {
        var matrix = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        var predictions = new List<int>();
        var (labelColumn, predictedColumn) = (scored.Schema[_options.LabelColumnName], scored.Schema[ClassificationColumns.PredictedLabel]);
        using var cursor = scored.GetRowCursor([labelColumn, predictedColumn]);
        var (getLabel, getPredicted) = (cursor.GetGetter<uint>(labelColumn), cursor.GetGetter<uint>(predictedColumn));
        uint label = 0, predicted = 0;
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            getLabel(ref label);
            getPredicted(ref predicted);
            if (label > 0 && predicted > 0)
            {
                matrix[label - 1][predicted - 1]++;
                predictions.Add((int)predicted - 1);
            }
        }

        return (matrix, predictions);
    }

    private DataViewSchema.Column RequireLabel(IDataView data) => LabelColumn.Require(data.Schema, _context, _options.LabelColumnName);

    /// <summary>Columns and settings of the experiment.</summary>
    public sealed record Options
    {
        /// <summary>The column of images. Default "Image".</summary>
        public string ImageColumnName { get; init; } = "Image";

        /// <summary>The column of classes, of key type. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>How the model is fine-tuned. The experiment sets the column names, progress and cancellationToken. Default: the paper's settings.</summary>
        public ImageGptFineTuneTrainer.Options Training { get; init; } = new();

        internal void Check(ImageGptConfig config)
        {
            new OptionGuard()
                .Name(nameof(ImageColumnName), ImageColumnName)
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Require(Training is not null, nameof(Training), Training, "settings")
                .ThrowIfAny("options");
            Training!.Check(config);
        }
    }

    private sealed class Relay(Action<FineTuningProgress> report) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) => report(value);
    }
}
