using IGptMl.Caching;
using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl.Classification;

/// <summary>
/// The data of an experiment with labels: training and test images, their features, the cache, and notes for the reader of the result.
/// </summary>
internal sealed class ExperimentData
{
    private readonly List<string> _notes = [];

    private ExperimentData(MLContext context, ImageGptModel model, LinearProbeOptions options, LabeledImages training, LabeledImages test)
    {
        Model = model;
        Votes = model.Config.Objective == PretrainingObjective.Masked ? options.Votes : 1;
        Cache = new CacheFolder(options.CacheFolder, Note);
        ModelDigest = Digest.Of(model);
        Training = new ImageFeatures(context, model, ModelDigest, training, Cache, options.BatchSize, options.MaskProbability);
        Test = new ImageFeatures(context, model, ModelDigest, test, Cache, options.BatchSize, options.MaskProbability);
    }

    internal ImageGptModel Model { get; }

    /// <summary>The number of masks under which a test image is classified.</summary>
    internal int Votes { get; private set; }

    internal string ModelDigest { get; }

    internal ImageFeatures Training { get; }

    internal ImageFeatures Test { get; }

    internal CacheFolder Cache { get; }

    internal IReadOnlyList<string> ClassNames => Training.Images.ClassNames;

    /// <summary>Notes for the reader of the result.</summary>
    internal IReadOnlyList<string> Notes => [.. _notes];

    /// <summary>Everything that the result of a classifier depends on, except for the classifier and the name of the features.</summary>
    internal object Key => new
    {
        Model = ModelDigest,
        Training = Training.Images.TokenDigest + Training.Images.PixelDigest + Training.Images.LabelDigest,
        Test = Test.Images.TokenDigest + Test.Images.PixelDigest + Test.Images.LabelDigest,
    };

    /// <summary>Reads the images, and checks that a classifier can be fitted and evaluated.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidOperationException">There are no rows, all rows have one class, or the classes of the test data differ.</exception>
    internal static ExperimentData Read(
        MLContext context,
        ImageGptModel model,
        LinearProbeOptions options,
        IDataView training,
        IDataView test,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(test);
        LabelColumn.Require(training.Schema, context, options.LabelColumnName, leastClasses: 1);
        LabelColumn.Require(test.Schema, context, options.LabelColumnName, leastClasses: 1);
        var (fitted, measured) = (Images(training, "training"), Images(test, "test"));
        CheckClasses(fitted, measured);
        var data = new ExperimentData(context, model, options, fitted, measured).Watched(progress, cancellationToken);
        data.NoteRows();
        return data;

        LabeledImages Images(IDataView view, string role) =>
            LabeledImages.Read(context, model, view, options.ImageColumnName, options.LabelColumnName, role, cancellationToken);
    }

    /// <summary>The same images for another model that quantizes them to the same tokens.</summary>
    internal ExperimentData For(
        MLContext context,
        ImageGptModel model,
        LinearProbeOptions options,
        IProgress<FeatureProgress>? progress,
        CancellationToken cancellationToken)
        => new ExperimentData(context, model, options, Training.Images, Test.Images).Watched(progress, cancellationToken);

    /// <summary>The same data, with each test image classified under one mask.</summary>
    internal ExperimentData WithOneVote()
    {
        var data = (ExperimentData)MemberwiseClone();
        data.Votes = 1;
        return data;
    }

    internal void Note(string remark)
    {
        if (!_notes.Contains(remark))
        {
            _notes.Add(remark);
        }
    }

    private ExperimentData Watched(IProgress<FeatureProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (var features in (ImageFeatures[])[Training, Test])
        {
            features.Cancellation = cancellationToken;
            features.Progress = (done, all) => progress?.Report(new FeatureProgress { Data = features.Images.Role, Done = done, Total = all });
        }

        return this;
    }

    private static void CheckClasses(LabeledImages training, LabeledImages test)
    {
        Classification.ClassNames.RequireSame(training.Label, test.Label);
        if (training.Labels.Distinct().Count() < 2)
        {
            throw new InvalidOperationException(
                $"All rows of the training data have the class '{training.ClassNames[training.Labels[0]]}'; a classifier needs two classes.");
        }
    }

    private void NoteRows()
    {
        foreach (var images in (LabeledImages[])[Training.Images, Test.Images])
        {
            if (images.LeftOut > 0)
            {
                Note($"{images.LeftOut:N0} rows of the {images.Role} data have no image or no label and are left out.");
            }

            var missing = images.ClassNames.Where((_, c) => !images.Labels.Contains(c)).ToArray();
            if (missing.Length > 0)
            {
                Note($"The {images.Role} data has no rows of {NameList.Of(missing)}.");
            }
        }

        var known = new HashSet<string>(Enumerable.Range(0, Training.Images.Count).Select(row => Digest.Of(Training.Images.RgbOf(row))));
        var shared = Enumerable.Range(0, Test.Images.Count).Count(row => known.Contains(Digest.Of(Test.Images.RgbOf(row))));
        if (shared > 0)
        {
            Note($"{shared:N0} of the {Test.Images.Count:N0} test images are equal to a training image at the model's resolution.");
        }
    }
}
