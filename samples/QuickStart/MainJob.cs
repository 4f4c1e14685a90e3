using System.Diagnostics;
using Microsoft.ML;
using Spectre.Console;

namespace IGptMl.Samples.QuickStart;

/// <summary>Images → palette tokens → pretrained Image GPT → features of its layers → classifier → one zip.</summary>
internal static class MainJob
{
    private const int BatchSize = 8;
    private const long AnyNumberOfSteps = 1_000_000_000; // the time limit ends the training first

    internal static void Run(Pictures pictures, double minutes, long? steps, string? checkpoints, string output)
    {
        var clock = Stopwatch.StartNew();
        var ml = new MLContext(seed: 1);
        var images = pictures.Unlabeled(ml);

        // 1. Pixels to tokens: a palette learned by k-means, each image a sequence of its colors.
        var quantize = ml.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = pictures.Model.ImageSize, Colors = pictures.Model.Colors });
        var quantizer = Status("Learning the palette", () => quantize.Fit(images));
        Say(clock, $"Palette of {quantizer.Palette.Count} colors.");
        var tokens = quantizer.Transform(images);

        // 2. Pretraining: predict every token from the tokens before it. No labels are used.
        TimeSpan? limit = steps is null ? TimeSpan.FromMinutes(minutes) : null;
        Say(clock, limit is null ? $"Pretraining for {steps:N0} steps." : $"Pretraining for {minutes:0.##} minutes by the clock, at whatever speed.");
        var (pretrainedModel, done) = Pretrain(ml, tokens, pictures, steps ?? AnyNumberOfSteps, limit, checkpoints);
        using var gpt = pretrainedModel;
        var test = pictures.Test(ml);
        var metrics = Status("Evaluating", () => ml.ImageGeneration.Evaluate(gpt.Transform(quantizer.Transform(test))));
        var pretrained = $"Pretrained {gpt.Model.Config.ParameterCount:N0} parameters for {done:N0} steps of {BatchSize} images";
        var loss = $"{metrics.NatsPerToken:F3} nats per token on test images ({metrics.BitsPerDimension:F3} bits per dimension)";
        Say(clock, $"{pretrained}: {loss}; untrained {Math.Log(pictures.Model.Colors):F3}.");

        // 3. The accuracy of a linear classifier on the features of each layer.
        var experiment = new LinearProbeExperiment(ml, gpt.Model);
        var result = Probe(experiment, pictures.Labeled(ml), test);
        var ahead = 100 * (result.Best.Accuracy - result.Baselines[0].Accuracy);
        Say(clock, $"Best: {result.Best.Name}, {result.Best.Accuracy:P1}, {ahead:F1} points ahead of raw pixels.");

        // 4. Images from the model: it gets the upper half of new images, and samples the rest.
        var completions = Path.ChangeExtension(output, ".png");
        using (var shown = Status("Completing images", () => Completions.Draw(ml, gpt.Model, test, completions)))
        {
            Completions.Show(shown);
        }

        Say(clock, $"Completions in {completions}: the kept half, four completions, and the original.");

        // 5. The whole pipeline from pixels to a class name, in one zip.
        var labeled = pictures.Labeled(ml);
        var pipeline = ml.Transforms.QuantizeToPalette("Tokens", "Image", gpt.Model)
            .Append(ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", gpt.Model, result.Best.Layer!.Value))
            .AppendCacheCheckpoint(ml)
            .Append(experiment.CreateClassifier("Features", result.Best.L2Regularization))
            .Append(ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
        using (var model = Status("Fitting the pipeline", () => pipeline.Fit(labeled)))
        {
            ml.Model.Save(model, labeled.Schema, output);
        }

        Say(clock, $"Saved {output} ({new FileInfo(output).Length / 1e6:F1} MB). A new process loads it:");

        // 6. Prediction in another process, which loads only the zip.
        PredictInNewProcess(pictures, output);
        Say(clock, "Done.");
    }

    /// <summary>Pretrains until the steps are done or the time is up. Also returns the number of steps.</summary>
    private static (ImageGptTransformer Model, long Steps) Pretrain(
        MLContext ml, IDataView tokens, Pictures pictures, long steps, TimeSpan? limit, string? checkpoints)
    {
        var done = 0L;
        ImageGptTransformer? result = null;
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(bars =>
            {
                var bar = bars.AddTask("Pretraining");
                var progress = new Reporter(p =>
                {
                    done = p.Step;
                    bar.Value = bar.MaxValue * Math.Max((double)p.Step / steps, p.Elapsed / limit ?? 0);
                    bar.Description = $"Pretraining: {p.MeanLoss:F3} nats per token, {p.ImagesPerSecond:F0} images/s";
                });
                var options = new ImageGptTrainer.Options
                {
                    Model = pictures.Model,
                    Steps = steps,
                    TimeLimit = limit,
                    BatchSize = BatchSize,
                    Optimizer = ImageGptOptimizer.Muon,
                    LearningRate = 0.004,
                    CheckpointFolder = checkpoints,
                    CheckpointSteps = checkpoints is null || limit is not null
                        ? []
                        : [.. new[] { 16, 8, 4, 2 }.Select(part => Math.Max(1, steps / part)).Distinct()],
                    Progress = progress,
                };
                result = ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(tokens);
            });
        return (result!, done);
    }

    private static LinearProbeResult Probe(LinearProbeExperiment experiment, IDataView labeled, IDataView test)
    {
        var result = Status("Probing the layers", () => experiment.Run(labeled, test));
        var table = new Table().AddColumns("Representation", "Features", "Accuracy");
        table.Columns[1].RightAligned();
        table.Columns[2].RightAligned();
        foreach (var row in result.Baselines.Concat(result.Layers))
        {
            var best = row == result.Best;
            table.AddRow(best ? $"[bold]{row.Name}[/]" : row.Name, $"{row.FeatureCount}", best ? $"[bold]{row.Accuracy:P1}[/]" : $"{row.Accuracy:P1}");
        }

        AnsiConsole.Write(table.Title($"Linear probe: {result.TrainingRows:N0} labeled, {result.TestRows:N0} test images"));
        return result;
    }

    private static void PredictInNewProcess(Pictures pictures, string model)
    {
        string[] data = pictures.Path is { } path ? ["--data", pictures.Name, "--path", path] : ["--data", pictures.Name];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. HostArguments(), "--predict", model, .. data]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The second process ended with exit code {process.ExitCode}.");
        }
    }

    /// <summary>The path of the program's dll, if the process is the dotnet host rather than the application's executable.</summary>
    private static string[] HostArguments()
        => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(MainJob).Assembly.Location] : [];

    private static T Status<T>(string text, Func<T> work)
    {
        T result = default!;
        AnsiConsole.Status().Start(text, _ => result = work());
        return result;
    }

    private static void Say(Stopwatch clock, string text) => AnsiConsole.MarkupLineInterpolated($"[gray]{clock.Elapsed:h\\:mm\\:ss}[/] {text}");

    /// <summary>Reports progress immediately; <see cref="Progress{T}"/> would post it to the thread pool, out of order.</summary>
    private sealed class Reporter(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
