using Microsoft.ML;

namespace IGptMl.Benchmarks;

/// <summary>A fine-tuning step with the joint loss, and one with the classification loss only, compared with a pretraining step.</summary>
internal static class FineTuningStep
{
    private const int Rounds = 5, Epochs = 4;

    internal static void Run(string[] args)
    {
        var (config, batch) = Sizes.Read(args, "128", "8", "4", "16", "512", "32");
        var ml = new MLContext(seed: 1);
        var data = TokenData.View(ml, config, batch);
        using var model = ImageGptModel.CreateUntrained(config);
        var best = new Dictionary<string, double>();
        for (var i = 0; i < Rounds; i++)
        {
            Keep("pretraining", TrainingStep.Seconds(ml, data, config, batch));
            Keep("both losses", Seconds(generativeWeight: 1));
            Keep("classes alone", Seconds(generativeWeight: 0));
        }

        foreach (var (name, seconds) in best)
        {
            Console.WriteLine($"{name,-14} {seconds * 1e3,8:F0} ms, {batch / seconds:F1} images/s, {seconds / best["pretraining"]:F2} of a pretraining step");
        }

        void Keep(string name, double seconds) => best[name] = Math.Min(best.GetValueOrDefault(name, double.MaxValue), seconds);

        double Seconds(double generativeWeight)
        {
            var times = new StepTimes<FineTuningProgress>(progress => (progress.Step, progress.Elapsed));
            ml.MulticlassClassification.Trainers.ImageGptFineTune(model, new()
            {
                Epochs = Epochs,
                BatchSize = batch,
                GenerativeWeight = generativeWeight,
                ValidationFraction = 0,
                Progress = times,
            }).Fit(data).Dispose();
            return times.Mean;
        }
    }
}
