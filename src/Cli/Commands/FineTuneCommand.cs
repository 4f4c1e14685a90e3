using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt finetune: a pretrained model and labeled images to a classifier.</summary>
internal sealed class FineTuneCommand : IgptCommand
{
    private static readonly Activity Reading = new("Reading the images", "image");
    private static readonly Activity Tuning = new("Fine-tuning", "step");
    private static readonly Activity Testing = new("Evaluating", "image");
    private static readonly ImageGptFineTuneTrainer.Options Defaults = new();

    private readonly ModelOptions _model = new();
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data", $"Labeled images to learn from: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.", heldOut: false);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test", "Labeled images of the same classes to measure the accuracy on. Built-in pictures have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit", "Learn from N images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Take N test images at most.", 1, int.MaxValue);
    private readonly Option<string> _out = CommandOptions.FilePath("--out", "The classifier to write, a zip from images to class names for mlContext.Model.Load. An existing one is replaced once the new one is complete.");
    private readonly Option<string?> _report = new("--report") { Description = "Write a report to this folder, for which every layer is probed on the same images, too: results.json, tables, plots, and a page to look at. It needs --test.", HelpName = "DIR" };
    private readonly Option<int> _epochs = CommandOptions.Number("--epochs", "The most passes over the images.", 1, 1_000_000, Defaults.Epochs);
    private readonly Option<int> _batchSize = CommandOptions.Number("--batch-size", "Images a step.", 1, 65536, Defaults.BatchSize);
    private readonly Option<double> _learningRate = CommandOptions.Number("--learning-rate", "The learning rate, about a tenth of pretraining's.", 1e-9, 1, Defaults.LearningRate);
    private readonly Option<double> _generativeWeight = CommandOptions.Number("--generative-weight", "The weight of pretraining's loss beside that of the classes; 0 leaves it out.", 0, 1e6, Defaults.GenerativeWeight);
    private readonly Option<double> _validation = CommandOptions.Number("--validation-fraction", "The share of the images that is held out to choose the best weights; 0 takes the last.", 0, 0.9, Defaults.ValidationFraction);
    private readonly Option<int> _patience = CommandOptions.Number("--patience", "The epochs without a better validation accuracy after which the training ends.", 1, 1_000_000, Defaults.Patience);
    private readonly Option<int?> _augment = CommandOptions.Number("--augment", "Shift the images at random by up to N pixels of the model's square, and flip half of them, anew in every step; 4 is the paper's for 32x32 pixels.", 0, 255);
    private readonly Option<double?> _maskProbability = MaskOptions.CreateForFineTuning();
    private readonly Option<int?> _votes = CommandOptions.Number("--votes", $"For a masked model: the times that it looks at an image, each time with other tokens hidden; the majority decides [default: {Defaults.Votes}].", 1, 1000);
    private readonly Option<bool> _recompute = TrainingOptions.CreateRecompute();
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "Seed of the held-out images, the order of the images and what is random in them; on the CPU the same seed gives the same classifier.", 0, int.MaxValue, 1);

    internal FineTuneCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "finetune",
            "Fine-tune a whole model to classify images, and save the chain from pixels to class names. Ctrl-C ends the training early and saves the best so far.",
            "igpt finetune --model model.zip --data shapes:3000 --test shapes:1000 --out classifier.zip",
            terminal,
            verbose)
    {
        _data.Required = true;
        _model.AddTo(this);
        foreach (var option in new Option[] { _data, _test, _limit, _testLimit, _out, _report, _epochs, _batchSize, _learningRate, _generativeWeight, _validation, _patience, _augment, _maskProbability, _votes, _recompute, _seed })
        {
            Add(option);
        }

        AddCommonOptions();
        Validators.Add(result =>
        {
            if (result.GetResult(_report) is not null && result.GetResult(_test) is null)
            {
                result.AddError("--report needs --test: a report is about the accuracy on test images.");
            }
        });
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        OutputFile.Check(path);
        if (parsed.GetValue(_report) is { } early)
        {
            Directory.CreateDirectory(early); // before hours of work are spent on it
        }

        var context = CreateContext(parsed, parsed.GetValue(_seed));
        var training = parsed.GetRequiredValue(_data)!.Open(context, parsed.GetValue(_limit));
        var test = parsed.GetValue(_test)?.Open(context, parsed.GetValue(_testLimit));
        if (training.ClassNames.Count < 2)
        {
            throw new InvalidDataException($"The training images have one class only, '{training.ClassNames[0]}'; a classifier needs two. In a folder of images, each subfolder is a class.");
        }

        using var model = _model.Load(parsed);
        var experiment = new FineTuneExperiment(context, model, new FineTuneExperiment.Options { Training = ReadOptions(parsed, model.Config) });
        if (test is not null)
        {
            experiment.CheckClasses(training.View, test.View);
        }

        using var classifier = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(() => Terminal.Say("Stopping. The best so far will be saved; Ctrl-C again quits at once."));
            return Fit(experiment, training, progress, cancellation);
        });
        var completed = !cancellation.IsCancellationRequested;

        // Images cannot be part of the schema that ML.NET stores in the zip, so none is stored, rather than one without what the model needs.
        OutputFile.Write(path, stream => context.Model.Save(classifier.Transformer, null, stream));
        var last = classifier.Progress;
        Terminal.Say(completed ? "The classifier is saved." : $"Stopped after {last.Step:N0} of {last.Steps:N0} steps; the best so far is saved.");
        var summary = new FineTuneSummary(path, completed, last.Step, last.Steps, last.Epoch, training.Count, classifier.Classification.ClassCount, last.Elapsed.TotalSeconds, last.BestValidationAccuracy, null);
        if (completed && test is not null)
        {
            var result = Terminal.Track(progress => experiment.Evaluate(classifier.Transformer, test.Watch(Testing, progress, cancellation), cancellation));
            summary = summary with { Test = FineTuneSummary.Measured.Of(result) };
            if (parsed.GetValue(_report) is { } folder)
            {
                WriteReport(folder, context, model, training, test, ReportedFineTune.Of(result, last.Elapsed + result.Duration), parsed, cancellation);
            }
        }

        if (WantsJson(parsed))
        {
            Terminal.WriteJson(summary);
        }
        else
        {
            Terminal.Write(Tables.Of(summary.Facts));
        }

        return completed ? ExitCodes.Success : ExitCodes.Canceled;
    }

    /// <summary>The classifier beside linear probes of the model that it comes from.</summary>
    private void WriteReport(string folder, MLContext context, ImageGptModel model, OpenedData training, OpenedData test, ReportedFineTune tuned, ParseResult parsed, CancellationToken cancellation)
    {
        var study = new EvaluationStudy(context, model, new EvaluationStudy.Options
        {
            Title = "Fine-tuning",
            Probe = new() { CacheFolder = Path.Combine(folder, "cache") },
            FineTune = ReadOptions(parsed, model.Config),
            FineTuned = tuned,
            Facts = ProbeOptions.Describe(parsed.GetResult(_data)!.Tokens[0].Value, parsed.GetResult(_test)!.Tokens[0].Value),
        });
        ReportFolder.Write(folder, Terminal.Track(progress => study.Run(training.View, test.View, new StudyAdvance(progress), cancellation)));
        Terminal.Say($"The report is {Path.Combine(folder, "report.html")}.");
    }

    private static FineTunedClassifier Fit(FineTuneExperiment experiment, OpenedData training, IProgress<Advance> progress, CancellationToken cancellation)
    {
        var relay = new Relay<FineTuningProgress>(value => progress.Report(new Advance(Tuning, value.Step, value.Steps, Describe(value))));
        try
        {
            return experiment.Fit(training.Watch(Reading, progress, cancellation), relay, cancellation);
        }
        catch (OperationCanceledException) // before the first step
        {
            throw new OperationCanceledException("Canceled before the first step; nothing is saved.");
        }
    }

    private static string Describe(FineTuningProgress value)
    {
        var validation = value.BestValidationAccuracy is { } best ? $"validation {value.ValidationAccuracy:P1} (best {best:P1}), " : string.Empty;
        return $"loss {value.Loss:F4}, accuracy {value.Accuracy:P1}, {validation}{Advance.Describe(value.ImagesPerSecond, value.TimeLeft)}";
    }

    private ImageGptFineTuneTrainer.Options ReadOptions(ParseResult parsed, ImageGptConfig config)
    {
        var (padding, probability, votes) = (parsed.GetValue(_augment), parsed.GetValue(_maskProbability), parsed.GetValue(_votes));
        if (padding >= config.ImageSize)
        {
            throw new UsageException($"--augment is {padding}; expected less than the side of the model's images, which is {config.ImageSize}.");
        }

        if (config.Objective != PretrainingObjective.Masked && (probability ?? votes) is not null)
        {
            throw new UsageException("--mask-probability and --votes are for masked models; this model is an autoregressive one.");
        }

        return new ImageGptFineTuneTrainer.Options
        {
            Epochs = parsed.GetValue(_epochs),
            BatchSize = parsed.GetValue(_batchSize),
            LearningRate = parsed.GetValue(_learningRate),
            GenerativeWeight = parsed.GetValue(_generativeWeight),
            ValidationFraction = parsed.GetValue(_validation),
            Patience = parsed.GetValue(_patience),
            Augmentation = padding is { } pixels ? new TokenAugmentation { Padding = pixels } : null,
            MaskProbability = probability ?? Defaults.MaskProbability,
            Votes = votes ?? Defaults.Votes,
            RecomputeActivations = parsed.GetValue(_recompute),
            Seed = parsed.GetValue(_seed),
        };
    }
}
