using System.Diagnostics;
using System.Runtime.InteropServices;
using IGptMl.Distribution;

namespace IGptMl.Optimization;

/// <summary>Runs a training task: steps, validation, checkpoints, metrics, progress. It is independent of the model.</summary>
/// <param name="task">The task.</param>
/// <param name="schedule">The learning rates and the number of steps.</param>
/// <param name="settings">The settings; null means the defaults.</param>
internal sealed class TrainingLoop(ITrainingTask task, RateSchedule schedule, TrainingSettings? settings = null)
{
    /// <summary>The share of a run with a time limit that the warm-up takes at most.</summary>
    private const double WarmUpShare = 0.1;

    /// <summary>The number of validations of a run whose interval is not given.</summary>
    private const int Validations = 100;

    private static readonly TimeSpan PeakDelay = TimeSpan.FromSeconds(5);

    private readonly TrainingSettings _settings = settings ?? new TrainingSettings();

    /// <summary>The best validation of the run, if any.</summary>
    internal BestValidation? Best { get; private set; }

    /// <summary>Whether the run ended because validation stopped improving.</summary>
    internal bool StoppedEarly { get; private set; }

    /// <summary>Whether the run ended because its time limit was reached before its last step.</summary>
    internal bool TimeIsUp { get; private set; }

    /// <summary>Runs the remaining steps, until a cancellation or an early stop. Returns the total number of steps completed.</summary>
    /// <exception cref="InvalidOperationException">The loss or a gradient has become NaN or infinite, or the loss has exploded.</exception>
    internal long Run(Action<StepReport> report, CancellationToken cancellation)
    {
        using var training = new TrainingStep(task, _settings);
        var (parameters, optimizer, checkpoints) = (training.Parameters, training.Optimizer, _settings.Checkpoints);
        using var best = new BestWeights(parameters, _settings);
        var state = Resume(parameters, optimizer, best);
        var watch = new DivergenceWatch();
        var (begun, before, clock) = (state.Step, state.Seconds, Stopwatch.StartNew());
        double? peak = null;
        var mean = new RunningMean();
        TimeIsUp = IsTimeUp(state);
        while (state.Step < schedule.Steps && !StoppedEarly && !TimeIsUp && !_settings.Ranks.Any(cancellation.IsCancellationRequested))
        {
            var (rate, earlier) = (RateOf(state), state);
            var (batch, norm) = (default(BatchResult), 0.0);
            var isUpdating = false;
            try
            {
                batch = training.Backward(state.Step);
                RequireNumber("loss", batch.Loss, state.Step, rate);
                isUpdating = true;
                norm = training.Update(state.Step, rate);
            }
            catch (ExternalException e) when (IsOutOfMemory(e))
            {
                if (!isUpdating && state.Step > begun && !watch.IsSuspicious && _settings.Ranks.Count == 1)
                {
                    checkpoints?.Save(state, parameters, optimizer); // the gradients of this step have changed nothing yet
                }

                throw OutOfMemory(state.Step + 1, e);
            }

            RequireNumber("norm of the gradients", norm, state.Step, rate);
            var (value, first) = (batch.Loss, state.Step == 0 ? batch.Loss : state.FirstLoss);
            var seconds = _settings.Ranks.Broadcast(before + clock.Elapsed.TotalSeconds);
            state = state with { Step = state.Step + 1, FirstLoss = first, Loss = value, Seconds = seconds };
            if (watch.HasExploded(value, first))
            {
                throw Diverged($"The loss has exploded: it is {value:G4}, and was {first:G4} at the beginning,", state.Step, rate);
            }

            TimeIsUp = state.Step < schedule.Steps && IsTimeUp(state);
            ValidationScore? validation = IsValidated(state, earlier) ? Validate() : null;
            if (validation is { } measured)
            {
                state = best.Take(state, measured);
                (Best, StoppedEarly) = (state.Best, IsExhausted(state));
            }

            if (peak is null && task.OperationsPerImage > 0 && clock.Elapsed >= PeakDelay)
            {
                peak = MatrixPeak.Measure(parameters.Values.device, _settings.ComputeType);
            }

            var speed = task.ImagesPerStep * (state.Step - begun) / clock.Elapsed.TotalSeconds;
            var progress = new TrainingProgress
            {
                Step = state.Step,
                Steps = PlannedSteps(state),
                Loss = value,
                MeanLoss = mean.Add(value),
                LearningRate = rate,
                PeakLearningRate = schedule.Peak,
                PeakMuonLearningRate = _settings.PeakMuonLearningRate,
                GradientNorm = norm,
                ValidationLoss = validation?.Loss,
                ImagesPerSecond = speed,
                PeakShare = speed * task.OperationsPerImage / peak / _settings.Ranks.Count,
                Elapsed = TimeSpan.FromSeconds(state.Seconds),
                TimeLeft = TimeLeft(state, clock.Elapsed / (state.Step - begun)),
            };
            var step = new StepReport(progress, batch, validation, state.Best);
            foreach (var metrics in _settings.Metrics)
            {
                metrics.Write(step);
            }

            if (!watch.IsSuspicious && state.Step < schedule.Steps && IsCheckpointDue(state))
            {
                Save(state, training);
            }

            report(step);
        }

        if (state.Step > 0 && !watch.IsSuspicious)
        {
            Save(state, training);
        }

        if (state.Step == begun && begun > 0)
        {
            report(new StepReport(NothingLeft(state), null, null, state.Best));
        }

        best.Finish(state);
        return state.Step;
    }

    private RunState Resume(FlatParameters parameters, Optimizer optimizer, BestWeights best)
    {
        var checkpoints = _settings.Checkpoints;
        var found = CheckpointFile.Share(checkpoints?.Newest, _settings.Ranks);
        var state = found ?? new RunState(0, 0, 0, null, null, checkpoints?.Run ?? new Dictionary<string, string>());
        if (checkpoints?.NewestPath is { } path)
        {
            CheckpointFile.Read(path, parameters, optimizer.Buffers);
        }

        if (found is not null)
        {
            foreach (var buffer in optimizer.Buffers.Select(buffer => buffer.Values).Prepend(parameters.Values))
            {
                _settings.Ranks.Broadcast(buffer);
            }

            parameters.Update();
            state = best.Resume(state);
        }

        foreach (var metrics in _settings.Metrics)
        {
            metrics.Resume(state.Step);
        }

        (Best, StoppedEarly) = (state.Best, IsExhausted(state));
        return state;
    }

    /// <summary>Whether rank 0, which writes the checkpoints, is to write one.</summary>
    private bool IsCheckpointDue(RunState state) => _settings.Ranks.Broadcast(_settings.Checkpoints?.IsDue(state.Step) == true ? 1 : 0) > 0;

    /// <summary>Makes sure that all ranks have the same weights, and writes a checkpoint, if there is a folder for it.</summary>
    private void Save(RunState state, TrainingStep training)
    {
        if (_settings.Ranks.Count > 1)
        {
            RankAgreement.Require(_settings.Ranks, new Dictionary<string, string> { ["Checksum"] = training.Parameters.Checksum() },
                $"weights after step {state.Step}");
        }

        _settings.Checkpoints?.Save(state, training.Parameters, training.Optimizer);
    }

    /// <summary>The score that rank 0 measures, as the others' may differ by rounding if their processors do.</summary>
    private ValidationScore Validate()
    {
        var score = task.Validate();
        var (loss, accuracy) = (_settings.Ranks.Broadcast(score.Loss), _settings.Ranks.Broadcast(score.Accuracy ?? 0));
        return score with { Loss = loss, Accuracy = score.Accuracy is null ? null : accuracy };
    }

    private TrainingProgress NothingLeft(RunState state) => new()
    {
        Step = state.Step,
        Steps = PlannedSteps(state),
        Loss = state.Loss ?? double.NaN,
        MeanLoss = state.Loss ?? double.NaN,
        PeakLearningRate = schedule.Peak,
        PeakMuonLearningRate = _settings.PeakMuonLearningRate,
        Elapsed = TimeSpan.FromSeconds(state.Seconds),
    };

    private bool IsTimeUp(RunState state) => state.Seconds >= _settings.TimeLimit?.TotalSeconds;

    /// <summary>The share of the run that is done, 0 to 1: of its steps or of its time, whichever is larger.</summary>
    private double DoneShare(RunState state)
        => Math.Min(1, Math.Max((double)state.Step / schedule.Steps, state.Seconds / _settings.TimeLimit?.TotalSeconds ?? 0));

    /// <summary>The number of steps that fit into the run; with a time limit an estimate, which is exact in the end.</summary>
    private long PlannedSteps(RunState state)
        => _settings.TimeLimit is null || state.Step == 0 ? schedule.Steps
            : TimeIsUp ? state.Step
            : Math.Min(schedule.Steps, Math.Max(state.Step + 1, (long)Math.Ceiling(state.Step / DoneShare(state))));

    /// <summary>The learning rate of the next step. With a time limit, the schedule follows the time if that is further than the steps.</summary>
    private double RateOf(RunState state)
    {
        if (_settings.TimeLimit is null)
        {
            return schedule.RateAt(state.Step);
        }

        var done = DoneShare(state);
        var warmth = Math.Max((state.Step + 1.0) / Math.Max(1, schedule.WarmUpSteps), done / WarmUpShare);
        return warmth < 1
            ? schedule.Peak * warmth
            : schedule.RateAt(Math.Clamp((long)(schedule.Steps * done), schedule.WarmUpSteps, Math.Max(schedule.WarmUpSteps, schedule.Steps - 1)));
    }

    private TimeSpan TimeLeft(RunState state, TimeSpan step)
    {
        var left = step * (PlannedSteps(state) - state.Step);
        var limit = _settings.TimeLimit - TimeSpan.FromSeconds(state.Seconds);
        return limit < left ? (limit < TimeSpan.Zero ? TimeSpan.Zero : limit.Value) : left;
    }

    private bool IsValidated(RunState state, RunState earlier)
    {
        if (_settings.Validation is not { } validation)
        {
            return false;
        }

        var isDue = validation.Interval is { } interval
            ? state.Step % interval == 0
            : (int)(Validations * DoneShare(state)) > (int)(Validations * DoneShare(earlier));
        return isDue || state.Step == schedule.Steps || TimeIsUp;
    }

    private bool IsExhausted(RunState state) => state.Best?.WorseSince >= _settings.Validation?.Patience;

    private void RequireNumber(string name, double value, long step, double rate)
    {
        if (!double.IsFinite(value))
        {
            throw Diverged($"The {name} is {value}", step + 1, rate);
        }
    }

    /// <summary>Whether libtorch reports that the device has no memory left.</summary>
    private static bool IsOutOfMemory(ExternalException e) => e.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase);

    private InvalidOperationException OutOfMemory(long step, ExternalException cause)
    {
        var checkpoint = _settings.Checkpoints?.NewestPath is { } path ? $" The last checkpoint is '{path}'." : string.Empty;
        var parts = task.Parts == 1 ? "one part" : $"{task.Parts} parts";
        return new InvalidOperationException(
            $"The device ran out of memory in step {step} of {task.ImagesPerStep} images in {parts}. More AccumulationSteps (--accumulate), "
            + "RecomputeActivations (--recompute) or a smaller batch need less; ImageGptMemory.Plan and 'igpt pretrain --dry-run' compute what fits."
            + $"{checkpoint} libtorch says: {cause.Message.Split('\n')[0]}", cause);
    }

    private InvalidOperationException Diverged(string what, long step, double rate)
    {
        var checkpoint = _settings.Checkpoints?.NewestPath is { } path ? $" The last intact checkpoint is '{path}'." : string.Empty;
        var planned = _settings.TimeLimit is null ? $" of {schedule.Steps}" : string.Empty;
        return new InvalidOperationException(
            $"{what} at step {step}{planned}, at a learning rate of {rate:G4}. A lower rate or a longer warm-up is needed.{checkpoint}");
    }
}
