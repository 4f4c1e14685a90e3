using System.Diagnostics;
using System.Globalization;
using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.FineTune;
using IGptMl.FineTuning;
using IGptMl.Hosting;
using IGptMl.LinearProbe;
using IGptMl.Network;
using IGptMl.Pretraining;
using IGptMl.SemiSupervised;
using Microsoft.ML;

namespace IGptMl.Reports;

/// <summary>
/// The paper's evaluations of a pretrained model in one go, for a report: the linear probe of every layer beside baselines, accuracy with few labels, generative loss, and the
/// same probe of other models on the same images.
/// </summary>
public sealed class EvaluationStudy
{
    private const int PictureScale = 4;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the study.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model; it stays the caller's.</param>
    /// <param name="options">What is evaluated; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public EvaluationStudy(MLContext context, ImageGptModel model, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        _context = context;
        _model = model;
        _options = (options ?? new Options()) with { };
        _options.Check();
    }

    /// <summary>Runs all parts.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="test">Images with the same label.</param>
    /// <param name="progress">Receives how far the study is.</param>
    /// <param name="cancellation">Ends it early; with a cache folder, the next run goes on from there.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or the model does not have a layer that was asked for.</exception>
    /// <exception cref="InvalidOperationException">The data is not enough for a classifier, or for a number of labels.</exception>
    /// <exception cref="OperationCanceledException">The study was cancelled.</exception>
    public StudyResults Run(IDataView training, IDataView test, IProgress<StudyProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var relay = new Relay(progress);
        var probe = new LinearProbeExperiment(_context, _model, _options.Probe);
        var lowData = _options.LowData is null ? null : new LowDataExperiment(_context, _model, _options.LowData with { Probe = _options.Probe });
        var data = ExperimentData.Read(_context, _model, _options.Probe, training, test, relay, cancellation);
        var result = probe.RunOn(data, relay.Probing(_options.Probe, _model), cancellation);
        var models = Reports(_options.ModelName, data, result, _options.Probe, cancellation).ToList();
        var scores = lowData?.RunOn(data, relay.FewLabels(_options), cancellation);
        var notes = data.Notes.ToList();
        foreach (var other in _options.Others)
        {
            models.AddRange(Compare(other, training, test, relay, notes, cancellation));
        }

        return new StudyResults(_options.Title, Provenance.Current, Configuration(), models)
        {
            LowData = scores?.Scores ?? [],
            FineTune = _options.FineTune is null ? null : FineTune(data, training, test, _options.FineTune, relay, cancellation),
            Misclassified = Mistakes(data.Test.Images, result),
            Completions = CompletionPictures.Create(_context, _model, data.Test.Images, _options.Completions, cancellation),
            Notes = notes,
            TotalSeconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
        };
    }

    private IReadOnlyList<ReportedModel> Compare(ComparedModel other, IDataView training, IDataView test, Relay relay, List<string> notes, CancellationToken cancellation)
    {
        using var model = ImageGptModel.Load(other.Path);
        var options = _options.Probe with { Layers = null, Concatenations = [], Baselines = false, PatchBaseline = false };
        var probe = new LinearProbeExperiment(_context, model, options);
        var data = ExperimentData.Read(_context, model, options, training, test, relay, cancellation);
        var result = probe.RunOn(data, relay.Probing(options, model), cancellation);
        notes.AddRange(data.Notes.Except(notes));
        return [.. Reports(other.Name, data, result, options, cancellation)];
    }

    /// <summary>A model; a masked one twice, with the majority of several masks and with one mask.</summary>
    private IEnumerable<ReportedModel> Reports(string name, ExperimentData data, LinearProbeResult result, LinearProbeExperiment.Options options, CancellationToken cancellation)
    {
        yield return Report(data.Votes > 1 ? $"{name}, {data.Votes} masks" : name, data, result);
        if (data.Votes > 1)
        {
            var single = new LinearProbeExperiment(_context, data.Model, options with { Votes = 1, Baselines = false, PatchBaseline = false });
            yield return Report($"{name}, one mask", data, single.RunOn(data, progress: null, cancellation));
        }
    }

    private ReportedFineTune FineTune(ExperimentData data, IDataView training, IDataView test, ImageGptFineTuneTrainer.Options options, Relay relay, CancellationToken cancellation)
    {
        var key = CacheKey.Of("fine-tune", new { Data = data.Key, options.Epochs, options.BatchSize, options.LearningRate, options.GenerativeWeight, options.ValidationFraction, options.Patience, options.MaskProbability, options.Votes, options.Augmentation, options.Seed });
        return ResultCache.GetOrCompute(data.Cache, key, () =>
        {
            var clock = Stopwatch.StartNew();
            var experiment = new FineTuneExperiment(_context, data.Model, new FineTuneExperiment.Options { ImageColumnName = _options.Probe.ImageColumnName, LabelColumnName = _options.Probe.LabelColumnName, Training = options });
            var result = experiment.Run(training, test, relay, cancellation);
            return new ReportedFineTune(result.Accuracy, result.Top5Accuracy, result.LogLoss, Math.Round(clock.Elapsed.TotalSeconds, 1));
        });
    }

    private ReportedModel Report(string name, ExperimentData data, LinearProbeResult probe)
    {
        var loss = ResultCache.GetOrCompute(data.Cache, CacheKey.Of("loss", new { data.ModelDigest, data.Test.Images.TokenDigest, _options.LikelihoodImages }), () => Loss(data));
        return new ReportedModel(name, data.Model.Config, data.Model.Config.ParameterCount, data.ModelDigest, loss.NatsPerToken, loss.Images, ReportedProbe.Of(probe));
    }

    private GenerativeLoss Loss(ExperimentData data)
    {
        var images = data.Test.Images;
        var count = Math.Min(images.Count, _options.LikelihoodImages);
        using var transformer = new ImageGptTransformer(_context, data.Model.Share(), LabelledImages.Tokens);
        var tokens = images.TokenView([.. Enumerable.Range(0, count)]);
        var metrics = _context.ImageGeneration.Evaluate(transformer.Transform(tokens));
        return new GenerativeLoss(metrics.NatsPerToken, count);
    }

    /// <summary>One example of each of the most frequent confusions, then others, up to the number of the options.</summary>
    private List<ReportedPicture> Mistakes(LabelledImages images, LinearProbeResult result)
    {
        var predicted = result.Best.PredictedClasses;
        var groups = Enumerable.Range(0, images.Count)
            .Where(row => predicted[row] != images.Labels[row])
            .GroupBy(row => (Actual: images.Labels[row], Predicted: predicted[row]))
            .OrderByDescending(group => group.Count())
            .Select(group => group.ToArray())
            .ToArray();
        var rows = Enumerable.Range(0, groups.FirstOrDefault()?.Length ?? 0)
            .SelectMany(place => groups.Where(group => place < group.Length).Select(group => group[place]))
            .Take(_options.Pictures);
        return [.. rows.Select((row, i) => new ReportedPicture(
            $"pictures/misclassified-{i + 1:00}.png",
            $"{images.ClassNames[images.Labels[row]]}, taken for {images.ClassNames[predicted[row]]}",
            PngPicture.Encode(images.RgbOf(row), images.Config.ImageSize, images.Config.ImageSize, PictureScale)))];
    }

    private SortedDictionary<string, string> Configuration()
    {
        var probe = _options.Probe;
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["classifier"] = $"{(probe.CustomClassifier is null ? probe.Classifier : "a custom one")}, {(probe.Standardize ? "standardised features" : "features as they are")}",
            ["L2 grid"] = string.Join(", ", probe.L2Regularization.Select(weight => weight.ToString(CultureInfo.InvariantCulture))),
            ["L2 choice"] = $"a tenth of the labelled images held out; cross-validation below {StratifiedFolds.ManyRowsAClass} a class; then refitted on all",
            ["L2 split seed"] = $"{LinearProbeExperiment.SplitSeed}",
        };
        if (_options.FineTune is { } fineTune)
        {
            result["fine-tuning"] = string.Create(CultureInfo.InvariantCulture, $"{fineTune.Epochs} epochs at most, rate {fineTune.LearningRate}, batches of {fineTune.BatchSize}, the best by {fineTune.ValidationFraction:P0} held out");
        }

        if (_options.LowData is { } lowData)
        {
            result["low-data labels"] = string.Join(", ", lowData.Budgets);
            result["low-data seeds"] = string.Join(", ", lowData.Seeds);
            result["low-data choice"] = "layer and L2 by cross-validation within the drawn labels alone";
            result["low-data deviation"] = "sample standard deviation over the seeds (n - 1)";
        }

        foreach (var (name, value) in _options.Facts)
        {
            result[name] = value;
        }

        return result;
    }

    /// <summary>What is evaluated.</summary>
    public sealed record Options
    {
        /// <summary>The report's title. Default "Image GPT".</summary>
        public string Title { get; init; } = "Image GPT";

        /// <summary>What the report calls the model. Default "Image GPT".</summary>
        public string ModelName { get; init; } = LowDataExperiment.ModelName;

        /// <summary>The linear probe; its cache folder serves all parts. Default: every layer, raw pixels and palette tokens.</summary>
        public LinearProbeExperiment.Options Probe { get; init; } = new();

        /// <summary>Accuracy with few labels, with the probe's settings in place of its own; null leaves it out. Default null.</summary>
        public LowDataExperiment.Options? LowData { get; init; }

        /// <summary>Models to show beside this one. Default none.</summary>
        public IReadOnlyList<ComparedModel> Others { get; init; } = [];

        /// <summary>The test images, the first ones, that the generative loss is computed of, 1 or more. Default 2,000.</summary>
        public int LikelihoodImages { get; init; } = 2000;

        /// <summary>The number of misclassified pictures to show, 0 or more. Default 24.</summary>
        public int Pictures { get; init; } = 24;

        /// <summary>The number of test images to complete, where the model can, each of another class; 0 or more. Default 8.</summary>
        public int Completions { get; init; } = 8;

        /// <summary>Fine-tuning of the whole network beside the probe; its columns are the probe's. Null leaves it out. Default null.</summary>
        public ImageGptFineTuneTrainer.Options? FineTune { get; init; }

        /// <summary>More to say of the configuration, such as where the data comes from. Default nothing.</summary>
        public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

        internal void Check() => new OptionGuard()
            .Require(!string.IsNullOrWhiteSpace(Title), nameof(Title), "empty", "a title")
            .Require(!string.IsNullOrWhiteSpace(ModelName), nameof(ModelName), "empty", "a name")
            .Require(Probe is not null, nameof(Probe), null, "the probe's options")
            .Require(Others is not null, nameof(Others), null, "models")
            .Require(Facts is not null, nameof(Facts), null, "names and values")
            .AtLeast(nameof(LikelihoodImages), LikelihoodImages, 1)
            .AtLeast(nameof(Pictures), Pictures, 0)
            .AtLeast(nameof(Completions), Completions, 0)
            .ThrowIfAny("options");
    }

    private sealed record GenerativeLoss(double NatsPerToken, int Images);

    /// <summary>Turns the parts' progress into the study's.</summary>
    private sealed class Relay(IProgress<StudyProgress>? progress) : IProgress<FeatureProgress>, IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value)
            => progress?.Report(new StudyProgress("Fine-tuning", "step", (int)value.Step, (int)value.Steps, string.Empty));

        public void Report(FeatureProgress value) => progress?.Report(new StudyProgress($"Features of the {value.Data} images", "image", value.Done, value.Total, string.Empty));

        internal IProgress<ProbedRepresentation> Probing(LinearProbeExperiment.Options options, ImageGptModel model)
        {
            var all = options.LayersOf(model.Config).Count + options.Concatenations.Count + Representation.BaselinesOf(options).Count;
            var done = 0;
            return new Counter<ProbedRepresentation>(probed => progress?.Report(new StudyProgress("Linear probe", "classifier", ++done, all, $"{probed.Name}: {probed.Accuracy:P1}")));
        }

        internal IProgress<LowDataRun> FewLabels(Options options)
        {
            var all = (1 + Representation.BaselinesOf(options.Probe).Count) * options.LowData!.Budgets.Distinct().Count() * options.LowData.Seeds.Distinct().Count();
            var done = 0;
            return new Counter<LowDataRun>(run => progress?.Report(new StudyProgress("Few labels", "classifier", ++done, all, $"{run.Representation}, {run.Budget:N0} labels: {run.Accuracy:P1}")));
        }

        private sealed class Counter<T>(Action<T> report) : IProgress<T>
        {
            public void Report(T value) => report(value);
        }
    }
}
