using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace IGptMl.Optimization;

/// <summary>Runs optimization steps: rate, loss, gradients, Adam, validation, checkpoints, progress. It knows nothing of what is learned.</summary>
internal sealed class TrainingLoop
{
    private static readonly TimeSpan PeakDelay = TimeSpan.FromSeconds(5);

    private readonly torch.nn.Module _module;
    private readonly RateSchedule _schedule;
    private readonly int _imagesPerStep;
    private readonly TrainingSettings _settings;

    /// <param name="module">What is learned: all its parameters.</param>
    /// <param name="schedule">The rates and the number of steps.</param>
    /// <param name="imagesPerStep">The images of a step, for the speed.</param>
    /// <param name="settings">The rest; null means the least.</param>
    internal TrainingLoop(torch.nn.Module module, RateSchedule schedule, int imagesPerStep, TrainingSettings? settings = null)
    {
        _module = module;
        _schedule = schedule;
        _imagesPerStep = imagesPerStep;
        _settings = settings ?? new TrainingSettings();
    }

    /// <summary>For parameters that are not of one module.</summary>
    internal TrainingLoop(IEnumerable<Parameter> parameters, RateSchedule schedule, int imagesPerStep, TrainingSettings? settings = null)
        : this((torch.nn.Module)torch.nn.ParameterList([.. parameters]), schedule, imagesPerStep, settings)
    {
    }

    /// <summary>The least validation loss of the run, if there was validation.</summary>
    internal BestValidation? Best { get; private set; }

    /// <summary>Whether the run ended because the validation loss did not fall any more.</summary>
    internal bool StoppedEarly { get; private set; }

    /// <summary>Runs steps of which each takes one loss.</summary>
    /// <inheritdoc cref="Run(Func{BatchPart, torch.Tensor}, Action{TrainingProgress}, CancellationToken)"/>
    internal long Run(Func<torch.Tensor> loss, Action<TrainingProgress> report, CancellationToken cancellation) => Run(_ => loss(), report, cancellation);

    /// <summary>
    /// Runs all steps that are left, or as many as there are before the cancellation or an early stop, and returns the number of all done.
    /// <paramref name="loss"/> gives the scalar loss of a part of a step's batch, which the loop disposes.
    /// </summary>
    /// <exception cref="InvalidOperationException">The loss or a gradient has stopped being a number, or the loss has exploded.</exception>
    internal long Run(Func<BatchPart, torch.Tensor> loss, Action<TrainingProgress> report, CancellationToken cancellation)
    {
        using var parameters = new FlatParameters(_module, _settings.ComputeType);
        using var adam = new Adam(parameters, _settings.WeightDecay);
        using var best = new BestWeights(parameters, _settings);
        var state = Resume(parameters, adam, best);
        var watch = new DivergenceWatch();
        var (begun, before, clock) = (state.Step, state.Seconds, Stopwatch.StartNew());
        double? peak = null;
        while (state.Step < _schedule.Steps && !cancellation.IsCancellationRequested && !StoppedEarly)
        {
            var rate = _schedule.RateAt(state.Step);
            var (value, norm) = Step(state.Step, rate, parameters, adam, loss);
            state = state with { Step = state.Step + 1, FirstLoss = state.Step == 0 ? value : state.FirstLoss, Loss = value, Seconds = before + clock.Elapsed.TotalSeconds };
            if (watch.HasExploded(value, state.FirstLoss))
            {
                throw Diverged($"The loss has exploded: it is {value:G4}, and was {state.FirstLoss:G4} at the beginning,", state.Step, rate);
            }

            double? validation = IsValidated(state.Step) ? _settings.Validation!.Loss() : null;
            if (validation is { } measured)
            {
                state = best.Take(state, measured);
                (Best, StoppedEarly) = (state.Best, IsExhausted(state));
            }

            if (peak is null && _settings.OperationsPerImage > 0 && clock.Elapsed >= PeakDelay)
            {
                peak = MatrixPeak.Measure(parameters.Values.device, _settings.ComputeType);
            }

            var speed = _imagesPerStep * (state.Step - begun) / clock.Elapsed.TotalSeconds;
            var left = clock.Elapsed / (state.Step - begun) * (_schedule.Steps - state.Step);
            var progress = new TrainingProgress(state.Step, _schedule.Steps, value, rate, speed, TimeSpan.FromSeconds(state.Seconds), left)
            {
                PeakLearningRate = _schedule.Peak,
                GradientNorm = norm,
                ValidationLoss = validation,
                PeakShare = speed * _settings.OperationsPerImage / peak,
            };
            foreach (var metrics in _settings.Metrics)
            {
                metrics.Write(progress);
            }

            if (!watch.IsSuspicious && state.Step < _schedule.Steps && _settings.Checkpoints?.IsDue(state.Step) == true)
            {
                _settings.Checkpoints.Save(state, parameters, adam);
            }

            report(progress);
        }

        if (state.Step > 0 && !watch.IsSuspicious)
        {
            _settings.Checkpoints?.Save(state, parameters, adam);
        }

        if (state.Step == begun && begun > 0)
        {
            report(new TrainingProgress(begun, _schedule.Steps, state.Loss ?? double.NaN, 0, 0, TimeSpan.FromSeconds(before), TimeSpan.Zero) { PeakLearningRate = _schedule.Peak }); // there was nothing left to do
        }

        best.Finish(state);
        return state.Step;
    }

    private (double Loss, double GradientNorm) Step(long step, double rate, FlatParameters parameters, Adam adam, Func<BatchPart, torch.Tensor> loss)
    {
        double sum = 0;
        for (var part = 0; part < _settings.Parts; part++)
        {
            using var scope = torch.NewDisposeScope();
            using var value = loss(new BatchPart(step, part));
            value.backward();
            parameters.Collect();
            sum += value.item<float>();
        }

        var mean = sum / _settings.Parts;
        if (!double.IsFinite(mean))
        {
            throw Diverged($"The loss is {mean}", step + 1, rate);
        }

        var norm = adam.GradientNorm() / _settings.Parts;
        if (!double.IsFinite(norm))
        {
            throw Diverged($"The norm of the gradients is {norm}", step + 1, rate);
        }

        var clip = norm > _settings.MaxGradientNorm ? _settings.MaxGradientNorm.Value / norm : 1;
        adam.Step(step + 1, rate, clip / _settings.Parts);
        return (mean, norm);
    }

    private RunState Resume(FlatParameters parameters, Adam adam, BestWeights best)
    {
        var checkpoints = _settings.Checkpoints;
        var state = checkpoints?.Newest ?? new RunState(0, 0, 0, null, null, checkpoints?.Run ?? new Dictionary<string, string>());
        if (checkpoints?.NewestPath is { } path)
        {
            CheckpointFile.Read(path, parameters, adam);
            state = best.Resume(state);
        }

        foreach (var metrics in _settings.Metrics)
        {
            metrics.Resume(state.Step);
        }

        (Best, StoppedEarly) = (state.Best, IsExhausted(state));
        return state;
    }

    private bool IsValidated(long step) => _settings.Validation is { } validation && (step % validation.Interval == 0 || step == _schedule.Steps);

    private bool IsExhausted(RunState state) => state.Best?.WorseSince >= _settings.Validation?.Patience;

    private InvalidOperationException Diverged(string what, long step, double rate)
    {
        var checkpoint = _settings.Checkpoints?.NewestPath is { } path ? $" The last good checkpoint is '{path}'." : string.Empty;
        return new InvalidOperationException($"{what} at step {step} of {_schedule.Steps}, at a learning rate of {rate:G4}. A lower rate or a longer warm-up is needed.{checkpoint}");
    }
}
