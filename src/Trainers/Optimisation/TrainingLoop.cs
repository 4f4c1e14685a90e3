using System.Diagnostics;
using TorchSharp;
using TorchSharp.Modules;

namespace IGptMl.Optimisation;

/// <summary>Runs optimisation steps: rate, loss, gradients, Adam, progress. It knows nothing of what is learnt.</summary>
internal sealed class TrainingLoop
{
    /// <summary>The paper's: 0.999 gave spikes in the loss.</summary>
    private const double Beta1 = 0.9, Beta2 = 0.95, Epsilon = 1e-8;

    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly RateSchedule _schedule;
    private readonly int _imagesPerStep;

    internal TrainingLoop(IEnumerable<Parameter> parameters, RateSchedule schedule, int imagesPerStep)
    {
        _parameters = [.. parameters];
        _schedule = schedule;
        _imagesPerStep = imagesPerStep;
    }

    /// <summary>
    /// Runs all steps, or as many as there were before the cancellation, and returns their number.
    /// <paramref name="loss"/> gives a step's scalar loss, which the loop disposes.
    /// </summary>
    /// <exception cref="InvalidOperationException">The loss has stopped being a number.</exception>
    internal long Run(Func<torch.Tensor> loss, Action<TrainingProgress> report, CancellationToken cancellation)
    {
        using var optimizer = torch.optim.Adam(_parameters, _schedule.Peak, Beta1, Beta2, Epsilon);
        var group = optimizer.ParamGroups.Single();
        var clock = Stopwatch.StartNew();
        for (long step = 0; step < _schedule.Steps; step++)
        {
            if (cancellation.IsCancellationRequested)
            {
                return step;
            }

            using var scope = torch.NewDisposeScope();
            var rate = _schedule.RateAt(step);
            group.LearningRate = rate;
            optimizer.zero_grad();
            using var value = loss();
            value.backward();
            var number = value.item<float>();
            if (!float.IsFinite(number))
            {
                throw new InvalidOperationException($"The loss is {number} at step {step + 1} of {_schedule.Steps}, at a learning rate of {rate:G4}. A lower rate or a longer warm-up is needed.");
            }

            optimizer.step();
            var elapsed = clock.Elapsed;
            var left = elapsed / (step + 1) * (_schedule.Steps - step - 1);
            report(new TrainingProgress(step + 1, _schedule.Steps, number, rate, _imagesPerStep * (step + 1) / elapsed.TotalSeconds, elapsed, left));
        }

        return _schedule.Steps;
    }
}
