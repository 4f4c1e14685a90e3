using System.Globalization;

namespace IGptMl.Optimization;

/// <summary>
/// Finds a peak learning rate in a hundred steps (Smith 2017, "Cyclical learning rates for training neural networks", section 3.3): the rate rises from step
/// to step by the same factor until the loss explodes. The rate at which the loss was least is already too high to stay at, so a tenth of it is taken, as
/// Howard and Gugger do (2020, "fastai: a layered API for deep learning").
/// </summary>
internal static class LearningRateTest
{
    /// <summary>The steps of a test, at most.</summary>
    internal const int Steps = 100;

    private const double Least = 1e-5, Most = 1, Smoothing = 0.8, Share = 0.1;

    /// <summary>How many times the least loss ends the test.</summary>
    private const double Explosion = 2;

    /// <summary>Runs the test. The task's module has learned from it afterwards, and is of no more use.</summary>
    /// <param name="task">What is learned.</param>
    /// <param name="settings">How steps are taken; nothing is kept or validated.</param>
    /// <param name="cancellation">Ends it with an exception, for a rate from half a test is worth nothing.</param>
    /// <exception cref="InvalidOperationException">The loss is no number at the least rate.</exception>
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
            : throw new InvalidOperationException("No learning rate can be found: the loss is not a number at first.");
    }
}
