using System.Globalization;
using System.Reflection;
using IGptMl.Distribution;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>Runs a task with a trainer's options: the loop with its checkpoints, metrics, precision and log.</summary>
/// <param name="options">The options.</param>
/// <param name="task">The task.</param>
/// <param name="plan">Schedule, validation and seed.</param>
/// <param name="checkpoints">The folder of the run's checkpoints; null for none.</param>
/// <param name="log">The log.</param>
internal sealed class TrainingRun(TrainingOptions options, ITrainingTask task, TrainingPlan plan, CheckpointFolder? checkpoints, TrainingLog log)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(10);

    private TimeSpan _logged;

    /// <summary>Opens the checkpoint folder of the options, if any; the caller disposes it.</summary>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be created.</exception>
    /// <exception cref="InvalidDataException">There are checkpoints, and all of them are damaged.</exception>
    /// <exception cref="InvalidOperationException">The ranks have different options or versions.</exception>
    internal static CheckpointFolder? OpenFolder(TrainingOptions options, Action<string> warn)
    {
        var common = new RunSettings(); // what the ranks must have in common before they can exchange anything else
        common.Add("Version", typeof(TrainingRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
        common.Add("Trainer", options.GetType().DeclaringType?.Name);
        common.Add(nameof(options.CheckpointFolder), options.CheckpointFolder is null ? "not given" : "given");
        common.Add(nameof(options.FindLearningRate), options.FindLearningRate);
        common.Add(nameof(options.TimeLimit), options.TimeLimit);
        RankAgreement.Require(options.Distribution, common.Values, "options");
        return options.CheckpointSettings is { } settings && options.Distribution.Rank == 0 ? new CheckpointFolder(settings, warn) : null;
    }

    /// <summary>The state of the checkpoint that the run resumes from, on all ranks; null if it begins anew.</summary>
    internal static RunState? FindNewest(TrainingOptions options, CheckpointFolder? checkpoints)
        => CheckpointFile.Share(checkpoints?.Newest, options.Distribution);

    /// <summary>Finds a learning rate on the run's first batches. This trains the module, which should be discarded afterwards.</summary>
    internal LearningRateRange FindLearningRate()
    {
        using var precision = new PrecisionScope(options.Precision);
        var found = LearningRateTest.Run(task, CreateSettings([]), options.CancellationToken);
        log.Info($"The range test of {found.Rates.Count} steps finds a learning rate of {found.Rate:G3}.");
        return found;
    }

    /// <summary>Trains the module, which ends in float32 with the last or the best weights.</summary>
    /// <param name="report">Receives every step.</param>
    /// <returns>The settings of the run, as in its checkpoints, and its results: the steps that were run, and the loss.</returns>
    /// <exception cref="OperationCanceledException">The training was canceled before its first step.</exception>
    /// <exception cref="InvalidOperationException">The loss has become NaN or exploded, or the checkpoints belong to another run.</exception>
    internal (IReadOnlyDictionary<string, string> Settings, IReadOnlyList<(string Name, string Value)> Results) Train(Action<StepReport> report)
    {
        var settings = Describe();
        var common = settings.ToDictionary();
        common["Interval of validations"] = $"{plan.Validation?.Interval}";
        RankAgreement.Require(options.Distribution, common, "options or data");
        if (checkpoints is not null)
        {
            checkpoints.Attachments = task.Attachments;
            checkpoints.Begin(settings);
        }

        if (checkpoints?.Newest is { } from)
        {
            log.Info($"Resuming after step {from.Step:N0}, from '{checkpoints.NewestPath}'.");
        }

        var metrics = CreateMetrics();
        using var precision = new PrecisionScope(options.Precision);
        try
        {
            var loop = new TrainingLoop(task, plan.Schedule, CreateSettings(metrics));
            var loss = double.NaN;
            var done = loop.Run(Remember, options.CancellationToken);
            if (done == 0)
            {
                throw new OperationCanceledException("The training was canceled before its first step.", options.CancellationToken);
            }

            TellEnd(loop, done);
            return (settings, Results(loop, done, loss));

            void Remember(StepReport step)
            {
                loss = step.Progress.MeanLoss;
                Report(step, report);
            }
        }
        finally
        {
            metrics.ForEach(writer => writer.Dispose());
        }
    }

    private TrainingSettings CreateSettings(IReadOnlyList<IMetricsWriter> metrics) => new()
    {
        MaxGradientNorm = options.MaxGradientNorm,
        WeightDecay = options.WeightDecay,
        MuonRateFactor = options.MuonRateFactor,
        PeakMuonLearningRate = options.Optimizer == ImageGptOptimizer.Muon ? options.MuonLearningRate : null,
        ComputeType = options.Precision == TrainingPrecision.BFloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32,
        Checkpoints = checkpoints,
        Validation = plan.Validation,
        TimeLimit = options.TimeLimit,
        Ranks = options.Distribution,
        Metrics = metrics,
    };

    private List<IMetricsWriter> CreateMetrics()
    {
        var interval = options.MetricsInterval ?? (options.TimeLimit is null ? Math.Max(1, plan.Schedule.Steps / 10_000) : 1);
        var metrics = new List<IMetricsWriter>();
        if (options.Distribution.Rank > 0)
        {
            return metrics;
        }

        if (checkpoints is not null)
        {
            metrics.Add(new MetricsFile(checkpoints.MetricsPath, interval, log.Warn));
        }

        if (options.TensorBoardFolder is { } folder)
        {
            metrics.Add(new TensorBoardWriter(folder, interval));
        }

        return metrics;
    }

    /// <summary>The settings under the options' names, which are the same in the checkpoints of all versions.</summary>
    private IReadOnlyDictionary<string, string> Describe()
    {
        var settings = new RunSettings();
        task.Describe(settings);
        settings.Add("Steps", plan.Schedule.Steps);
        settings.Add(nameof(options.BatchSize), task.ImagesPerStep);
        settings.Add(nameof(options.AccumulationSteps), task.Parts);
        settings.Add(nameof(options.LearningRate), plan.Schedule.Peak);
        settings.Add(nameof(options.WarmUpSteps), plan.Schedule.WarmUpSteps);
        if (options.LearningRateSchedule != LearningRateSchedule.Cosine)
        {
            settings.Add(nameof(options.LearningRateSchedule), options.LearningRateSchedule); // omitted if default, for compatibility with older checkpoints
        }

        if (options.Optimizer != ImageGptOptimizer.Adam)
        {
            settings.Add(nameof(options.Optimizer), options.Optimizer);
            settings.Add(nameof(options.MuonLearningRate), options.MuonLearningRate);
        }

        settings.Add(nameof(options.MaxGradientNorm), options.MaxGradientNorm);
        settings.Add(nameof(options.WeightDecay), options.WeightDecay);
        settings.Add(nameof(options.Precision), options.Precision);
        settings.Add(nameof(options.ValidationInterval), plan.Validation is null ? null : options.ValidationInterval);
        settings.Add(nameof(options.Patience), plan.Validation is null ? null : options.Patience);
        settings.Add(nameof(options.Seed), plan.Seed);
        return settings.Values;
    }

    private void Report(StepReport step, Action<StepReport> report)
    {
        report(step);
        var progress = step.Progress;
        if (progress.Elapsed - _logged >= LogInterval || progress.Step == progress.Steps)
        {
            _logged = progress.Elapsed;
            var metrics = string.Concat((step.Batch?.Metrics ?? []).Select(metric => $", {metric.Name.Replace('_', ' ')} {metric.Value:F4}"));
            var speed = $"{progress.ImagesPerSecond:F1} images/s, {progress.TimeLeft:hh\\:mm\\:ss} left";
            log.Info($"Step {progress.Step:N0} of {progress.Steps:N0}: loss {progress.Loss:F4}{metrics}, rate {progress.LearningRate:G3}, {speed}.");
        }

        if (step.Validation is { } validation)
        {
            log.Info($"Step {progress.Step:N0} of {progress.Steps:N0}: validation {validation}.");
        }
    }

    /// <summary>What came out of the run.</summary>
    private List<(string Name, string Value)> Results(TrainingLoop loop, long done, double loss)
    {
        var results = new List<(string, string)> { ("Steps run", done.ToString(CultureInfo.InvariantCulture)) };
        if (options.TimeLimit is { } limit)
        {
            results.Insert(0, ("Steps", "as many as the time allows"));
            results.Add(("Time limit", limit.ToString("c", CultureInfo.InvariantCulture)));
        }

        if (!double.IsNaN(loss)) // as it is if a finished run was resumed
        {
            results.Add(("Mean training loss", loss.ToString("G6", CultureInfo.InvariantCulture)));
        }

        if (loop.Best is { } best && options.TakeBestWeights)
        {
            results.Add(("Best step", best.Step.ToString(CultureInfo.InvariantCulture)));
            results.Add(("Validation loss", best.Score.Loss.ToString("G6", CultureInfo.InvariantCulture)));
        }

        return results;
    }

    private void TellEnd(TrainingLoop loop, long done)
    {
        if (loop.StoppedEarly)
        {
            log.Info($"Stopped after {done:N0} of {plan.Schedule.Steps:N0} steps: validation has not improved since step {loop.Best!.Step:N0}.");
        }
        else if (loop.TimeIsUp)
        {
            log.Info($"Stopped after {done:N0} steps, at the time limit of {options.TimeLimit:g}.");
        }
        else if (done < plan.Schedule.Steps)
        {
            log.Warn($"Canceled after {done:N0} of {plan.Schedule.Steps:N0} steps; the model so far is returned.");
        }

        if (loop.Best is { } best && options.TakeBestWeights)
        {
            log.Info($"The model has the weights of the best validation, after step {best.Step:N0}: {best.Score}.");
        }
    }
}
