using System.Globalization;

namespace IGptMl.Optimization;

/// <summary>
/// Finds a peak learning rate in at most 100 steps (Smith 2017, "Cyclical learning rates for training neural networks", section 3.3): the rate increases by a
/// constant factor per step until the loss explodes. The rate with the lowest loss is too high for a whole run, so a tenth of it is returned, as in fastai
/// (Howard and Gugger 2020, "fastai: a layered API for deep learning").
/// </summary>
internal static class LearningRateTest
{
    /// <summary>The maximum number of steps of a test.</summary>
    internal const int Steps = 100;

    private const double Least = 1e-5, Most = 1, Smoothing = 0.8, Share = 0.1;

    /// <summary>The test ends when the loss exceeds this multiple of its minimum.</summary>
    private const double Explosion = 2;

    /// <summary>Runs the test. It trains the task's module, which should be discarded afterwards.</summary>
    /// <param name="task">The task.</param>
    /// <param name="settings">The settings of the steps; checkpoints and validation are ignored.</param>
    /// <param name="cancellation">Ends the test with an exception, as an incomplete test gives no useful rate.</param>
    /// <exception cref="InvalidOperationException">The loss is NaN or infinite at the lowest rate.</exception>
    internal static LearningRateRange Run(ITrainingTask task, TrainingSettings settings, CancellationToken cancellation)
    {
        using var training = new TrainingStep(task, settings);
        var (rates, losses, mean, best) = (new List<double>(), new List<double>(), 0.0, 0);
        for (var step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rate = Least * Math.Pow(Most / Least, (double)step / (Steps - 1));
            mean = (Smoothing * mean) + ((1 - Smoothing) * training.Backward(step).Loss);
            var smoothed = mean / (1 - Math.Pow(Smoothing, step + 1));
            if (!double.IsFinite(smoothed) || (step > 0 && smoothed > Explosion * losses[best]))
            {
                break;
            }

            rates.Add(rate);
            losses.Add(smoothed);
            best = smoothed < losses[best] ? step : best;
            if (!double.IsFinite(training.Update(step, rate)))
            {
                break;
            }
        }

        return rates.Count > 0
            ? new LearningRateRange(rates, losses, double.Parse((Share * rates[best]).ToString("G2", CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("No learning rate can be found: the initial loss is not a finite number.");
    }
}
