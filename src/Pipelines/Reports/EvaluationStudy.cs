using System.Diagnostics;
using System.Globalization;
using IGptMl.Caching;
using IGptMl.Classification;
using IGptMl.Reports;
using Microsoft.ML;

namespace IGptMl;

/// <summary>
/// The paper's evaluations of a pretrained model, for a report: the linear probe of every layer compared with baselines, accuracy with few labels,
/// generative loss, and the same probe of other models on the same images.
/// </summary>
public sealed partial class EvaluationStudy
{
    private const int PictureScale = 4;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly Options _options;

    /// <summary>Prepares the study.</summary>
    /// <param name="context">The context, whose seed and device are used.</param>
    /// <param name="model">The pretrained model. The caller owns it.</param>
    /// <param name="options">The parts of the study; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no language-model head, so it has no generative loss.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Options are out of range; all are reported together.</exception>
    public EvaluationStudy(MLContext context, ImageGptModel model, Options? options = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        model.RequireHead(nameof(model));
        _context = context;
        _model = model;
        _options = (options ?? new Options()) with { };
        _options.Check();
    }

    /// <summary>Runs all parts.</summary>
    /// <param name="training">Images with a label of key type.</param>
    /// <param name="test">Images with the same label.</param>
    /// <param name="progress">Receives the progress of the study.</param>
    /// <param name="cancellationToken">Cancels the study. With a cache folder, the next run resumes from its results.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type, or the model does not have a requested layer.</exception>
    /// <exception cref="InvalidOperationException">The data is not enough for a classifier, or for a number of labels.</exception>
    /// <exception cref="OperationCanceledException">The study was canceled.</exception>
    public StudyResults Run(IDataView training, IDataView test, IProgress<StudyProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var clock = Stopwatch.StartNew();
        foreach (var other in _options.Others)
        {
            using var loaded = Load(other); // reports a missing or damaged model now, not after hours of work
            loaded.RequireHead(nameof(_options.Others));
        }

        var relay = new StudyRelay(progress);
        var probe = new LinearProbeExperiment(_context, _model, _options.Probe);
        var lowData = _options.LowData is null ? null : new LowDataExperiment(_context, _model, _options.LowData with { Probe = _options.Probe });
        var data = ExperimentData.Read(_context, _model, _options.Probe, training, test, relay, cancellationToken);
        var budgets = lowData is null ? [] : ChooseBudgets(lowData, data);
        var result = probe.RunOn(data, relay.Probing(_options.Probe, _model), cancellationToken);
        var models = Reports(_options.ModelName, data, result, _options.Probe, cancellationToken).ToList();
        var parts = new StudyParts();
        var scores = budgets.Count == 0 ? null
            : parts.Run("Few labels", () => lowData!.RunOn(data, budgets, relay.FewLabels(_options, budgets), cancellationToken));
        var notes = data.Notes.ToList();
        foreach (var other in _options.Others)
        {
            relay.Other = other.Name;
            models.AddRange(parts.Run(other.Name, () => Compare(other, data, training, test, relay, notes, cancellationToken)) ?? []);
        }

        relay.Other = null;
        var tuned = _options.FineTuned is { } fineTuned ? ReportedFineTune.Of(fineTuned)
            : _options.FineTune is not { } fineTune ? null
            : parts.Run("Fine-tuning", () => FineTune(data, training, test, fineTune, relay, cancellationToken));
        var completions = parts.Run(
            "Completions", () => CompletionPictures.Create(_context, _model, data.Test.Images, _options.Completions, cancellationToken));
        var report = new Report(_options.Title, Provenance.Current, Configuration(budgets), models)
        {
            PretrainedOn = _options.PretrainedOn,
            LowData = scores?.Scores ?? [],
            FineTune = tuned,
            Misclassified = Mistakes(data.Test.Images, result),
            Completions = completions ?? [],
            Notes = [.. notes, .. parts.Failures],
            TotalSeconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
        };
        return new StudyResults(report, scores, parts.Failures);
    }

    /// <summary>Chooses the numbers of labels; none, with a note, if the data does not have enough rows for the smallest default.</summary>
    private IReadOnlyList<int> ChooseBudgets(LowDataExperiment lowData, ExperimentData data)
    {
        try
        {
            return lowData.ChooseBudgets(data);
        }
        catch (InvalidOperationException e) when (_options.LowData?.Budgets is null)
        {
            data.Note($"{e.Message} The accuracy with few labels is omitted.");
            return [];
        }
    }

    private IReadOnlyList<ReportedModel> Compare(
        ComparedModel other,
        ExperimentData own,
        IDataView training,
        IDataView test,
        StudyRelay relay,
        List<string> notes,
        CancellationToken cancellationToken)
    {
        using var model = Load(other);
        var options = _options.Probe with { Layers = null, Concatenations = [], Baselines = false, PatchBaseline = false };
        var probe = new LinearProbeExperiment(_context, model, options);
        var data = SeesTheSame(model)
            ? own.For(_context, model, options, relay, cancellationToken)
            : ExperimentData.Read(_context, model, options, training, test, relay, cancellationToken);
        if (other.Step is not null && data.ModelDigest == own.ModelDigest)
        {
            return []; // the run's last checkpoint is the report's own model
        }

        var result = probe.RunOn(data, relay.Probing(options, model), cancellationToken);
        notes.AddRange(data.Notes.Except(notes));
        return [.. Reports(other.Name, data, result, options, cancellationToken).Select(model => model with { Step = other.Step })];
    }

    /// <summary>Loads another model. If its format has no palette, as training checkpoints, it gets the palette of the report's model.</summary>
    private ImageGptModel Load(ComparedModel other)
    {
        var model = ImageGptModel.Load(other.Path);
        if (model.Palette is not null)
        {
            return model;
        }

        model.Dispose();
        using var colored = ImageGptModel.Load(other.Path, _model.Palette!);
        return colored.WithCropping(_model.Cropping);
    }

    /// <summary>Whether the model quantizes images to the same tokens as the report's own model.</summary>
    private bool SeesTheSame(ImageGptModel model)
        => model.Palette == _model.Palette && model.Config.ImageSize == _model.Config.ImageSize && model.Cropping == _model.Cropping;

    /// <summary>Reports a model. A masked model is reported twice: with the majority vote over several masks, and with one mask.</summary>
    private IEnumerable<ReportedModel> Reports(
        string name,
        ExperimentData data,
        LinearProbeResult result,
        LinearProbeOptions options,
        CancellationToken cancellationToken)
    {
        yield return Report(data.Votes > 1 ? $"{name}, {data.Votes} masks" : name, data, result);
        if (data.Votes > 1)
        {
            var single = new LinearProbeExperiment(_context, data.Model, options with { Votes = 1, Baselines = false, PatchBaseline = false });
            yield return Report($"{name}, one mask", data, single.RunOn(data.WithOneVote(), progress: null, cancellationToken));
        }
    }

    private ReportedFineTune FineTune(
        ExperimentData data,
        IDataView training,
        IDataView test,
        ImageGptFineTuneTrainer.Options options,
        StudyRelay relay,
        CancellationToken cancellationToken)
    {
        return ResultCache.GetOrCompute(data.Cache, KeyOf(options, data.Key), () =>
        {
            var experiment = new FineTuneExperiment(_context, data.Model, new FineTuneExperiment.Options
            {
                ImageColumnName = _options.Probe.ImageColumnName, LabelColumnName = _options.Probe.LabelColumnName, Training = options,
            });
            return ReportedFineTune.Of(experiment.Run(training, test, relay, cancellationToken));
        });
    }

    /// <summary>
    /// Everything that the result of a fine-tuning depends on. Options that were added later are included only if they differ from their defaults, so that
    /// older results are found.
    /// </summary>
    private static CacheKey KeyOf(ImageGptFineTuneTrainer.Options options, object data)
    {
        var basis = new
        {
            Data = data,
            options.Epochs,
            options.BatchSize,
            options.LearningRate,
            options.GenerativeWeight,
            options.ValidationFraction,
            options.Patience,
            options.MaskProbability,
            options.Votes,
            options.Augmentation,
            options.Seed,
        };
        var more = MoreOf(options);
        return more.Equals(MoreOf(new ImageGptFineTuneTrainer.Options())) ? CacheKey.Of("fine-tune", basis) : CacheKey.Of("fine-tune", new { basis, more });

        static object MoreOf(ImageGptFineTuneTrainer.Options options) => new
        {
            options.Steps,
            options.AccumulationSteps,
            options.FindLearningRate,
            options.LearningRateSchedule,
            options.WarmUpSteps,
            options.MaxGradientNorm,
            options.WeightDecay,
            options.Precision,
            options.ValidationInterval,
            options.TakeBestWeights,
        };
    }

    private ReportedModel Report(string name, ExperimentData data, LinearProbeResult probe)
    {
        var key = CacheKey.Of("loss", new { data.ModelDigest, data.Test.Images.TokenDigest, _options.LikelihoodImages });
        var loss = ResultCache.GetOrCompute(data.Cache, key, () => Loss(data));
        return new ReportedModel(
            name,
            data.Model.Config,
            data.Model.Config.ParameterCount,
            data.ModelDigest,
            loss.NatsPerToken,
            loss.Images,
            ReportedProbe.Of(probe))
        {
            Result = probe,
            PaletteChecksum = Digest.Of(data.Model.Palette!.Centers.Span),
        };
    }

    private GenerativeLoss Loss(ExperimentData data)
    {
        var images = data.Test.Images;
        var count = Math.Min(images.Count, _options.LikelihoodImages);
        using var transformer = new ImageGptTransformer(_context, data.Model.Share(), LabeledImages.Tokens);
        var tokens = images.TokenView([.. Enumerable.Range(0, count)]);
        var metrics = _context.ImageGeneration.Evaluate(transformer.Transform(tokens));
        return new GenerativeLoss(metrics.NatsPerToken, count);
    }

    /// <summary>One example of each of the most frequent confusions, then further examples, up to the number of the options.</summary>
    private List<ReportedPicture> Mistakes(LabeledImages images, LinearProbeResult result)
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
            $"{images.ClassNames[images.Labels[row]]}, predicted as {images.ClassNames[predicted[row]]}",
            PngPicture.Encode(images.RgbOf(row), images.Config.ImageSize, images.Config.ImageSize, PictureScale)))];
    }

    private SortedDictionary<string, string> Configuration(IReadOnlyList<int> budgets)
    {
        var probe = _options.Probe;
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["classifier"] = $"{(probe.CustomClassifier is null ? probe.Classifier : "a custom one")}, "
                + (probe.Standardize ? "standardized features" : "features as extracted"),
            ["L2 grid"] = string.Join(", ", probe.L2Regularization.Select(weight => weight.ToString(CultureInfo.InvariantCulture))),
            ["L2 choice"] = $"a tenth of the labeled images held out; cross-validation below {StratifiedFolds.ManyRowsPerClass} per class; refitted on all",
            ["L2 split seed"] = $"{LinearProbeExperiment.SplitSeed}",
        };
        if (_options.PretrainedOn is { } source)
        {
            result["pretraining images"] = source;
        }

        if (_options.FineTune is { } fineTune)
        {
            result["fine-tuning"] = string.Create(CultureInfo.InvariantCulture,
                $"{(fineTune.Steps is { } steps ? $"{steps} steps" : $"{fineTune.Epochs} epochs")} at most, rate {fineTune.LearningRate}, batches of "
                + $"{fineTune.BatchSize}, the best by {fineTune.ValidationFraction:P0} held out");
        }

        if (_options.LowData is { } lowData && budgets.Count > 0)
        {
            result["low-data labels"] = string.Join(", ", budgets);
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

    private sealed record GenerativeLoss(double NatsPerToken, int Images);
}
