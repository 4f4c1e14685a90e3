using System.Globalization;
using TorchSharp;

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

    /// <summary>Runs the test. The module has learned from it afterwards, and is of no more use.</summary>
    /// <param name="module">What is learned: all its parameters.</param>
    /// <param name="loss">The scalar loss of a part of a step's batch.</param>
    /// <param name="settings">How steps are taken; nothing is kept or validated.</param>
    /// <param name="cancellation">Ends it with an exception, for a rate from half a test is worth nothing.</param>
    /// <exception cref="InvalidOperationException">The loss is no number at the least rate.</exception>
    internal static LearningRateRange Run(torch.nn.Module module, Func<BatchPart, torch.Tensor> loss, TrainingSettings settings, CancellationToken cancellation)
    {
        using var parameters = new FlatParameters(module, settings.ComputeType);
        using var adam = new Adam(parameters, settings.WeightDecay);
        var (rates, losses, mean, best) = (new List<double>(), new List<double>(), 0.0, 0);
        for (var step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var rate = Least * Math.Pow(Most / Least, (double)step / (Steps - 1));
            var value = Gradients(step, parameters, loss, settings.Parts);
            mean = (Smoothing * mean) + ((1 - Smoothing) * value);
            var smoothed = mean / (1 - Math.Pow(Smoothing, step + 1));
            if (!double.IsFinite(smoothed) || (step > 0 && smoothed > Explosion * losses[best]))
            {
                break;
            }

            rates.Add(rate);
            losses.Add(smoothed);
            best = smoothed < losses[best] ? step : best;
            var norm = adam.GradientNorm() / settings.Parts;
            if (!double.IsFinite(norm))
            {
                break;
            }

            var clip = norm > settings.MaxGradientNorm ? settings.MaxGradientNorm.Value / norm : 1;
            adam.Step(step + 1, rate, clip / settings.Parts);
        }

        return rates.Count > 0
            ? new LearningRateRange(rates, losses, double.Parse((Share * rates[best]).ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("No learning rate can be found: the loss is not a number at first.");
    }

    private static double Gradients(long step, FlatParameters parameters, Func<BatchPart, torch.Tensor> loss, int parts)
    {
        double sum = 0;
        for (var part = 0; part < parts; part++)
        {
            using var scope = torch.NewDisposeScope();
            using var value = loss(new BatchPart(step, part));
            value.backward();
            parameters.Collect();
            sum += value.item<float>();
        }

        return sum / parts;
    }
}
