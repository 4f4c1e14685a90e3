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
    private static readonly Activity Testing = new("Evaluating", "image");
    private static readonly ImageGptFineTuneTrainer.Options Defaults = new();

    private readonly ModelOptions _model = new();
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data",
        $"Labeled images to learn from: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.",
        heldOut: false);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test",
        "Labeled images of the same classes to measure the accuracy on. Built-in pictures have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit",
        "Learn from N images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Take N test images at most.", 1, int.MaxValue);
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The classifier to write, a zip from images to class names for mlContext.Model.Load. An existing one is replaced once the new one is complete.");
    private readonly Option<string?> _report = new("--report")
        { Description = "Write a report to this folder, for which every layer is probed on the same images, too: results.json, tables, plots, and a page "
        + "to look at. It needs --test.", HelpName = "DIR" };
    private readonly Option<int?> _epochs = CommandOptions.Number("--epochs", $"The most passes over the images [default: {Defaults.Epochs}].", 1, 1_000_000);
    private readonly Option<long?> _steps = CommandOptions.Number("--steps", "The most optimization steps, in place of --epochs.", 1L, long.MaxValue);
    private readonly Option<double> _generativeWeight = CommandOptions.Number("--generative-weight",
        "The weight of pretraining's loss beside that of the classes; 0 leaves it out.", 0, 1e6, Defaults.GenerativeWeight);
    private readonly Option<double?> _maskProbability = MaskOptions.CreateForFineTuning();
    private readonly Option<int?> _votes = CommandOptions.Number("--votes",
        $"For a masked model: the times that it looks at an image, each time with other tokens hidden; the majority decides [default: {Defaults.Votes}].",
        1, 1000);
    private readonly TrainingArguments _training = TrainingArguments.ForFineTuning(Defaults);
    private readonly CheckpointOptions _checkpoints = new();

    private double? _lastValidation;

    internal FineTuneCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "finetune",
            "Fine-tune a whole model to classify images, and save the chain from pixels to class names. Ctrl-C ends the training early and saves the best "
                + "so far; with --checkpoints, the same command then goes on.",
            "igpt finetune --model model.zip --data shapes:3000 --test shapes:1000 --out classifier.zip",
            terminal,
            verbose)
    {
        _data.Required = true;
        _model.AddTo(this);
        foreach (var option in new Option[] { _data, _test, _limit, _testLimit, _out, _report, _epochs, _steps, _generativeWeight, _maskProbability, _votes })
        {
            Add(option);
        }

        _training.AddTo(this);
        _checkpoints.AddTo(this);
        AddCommonOptions();
        Validators.Add(result =>
        {
            if (result.GetResult(_report) is not null && result.GetResult(_test) is null)
            {
                result.AddError("--report needs --test: a report is about the accuracy on test images.");
            }

            if (result.GetResult(_epochs) is not null && result.GetResult(_steps) is not null)
            {
                result.AddError("--epochs and --steps exclude each other: both say how long the training is.");
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

        var context = CreateContext(parsed, _training.Seed(parsed));
        var training = parsed.GetRequiredValue(_data)!.Open(context, parsed.GetValue(_limit));
        var validation = _training.Validation(parsed)?.Open(context, _training.ValidationLimit(parsed));
        var test = parsed.GetValue(_test)?.Open(context, parsed.GetValue(_testLimit));
        if (training.ClassNames.Count < 2)
        {
            throw new InvalidDataException(
                $"The training images have one class only, '{training.ClassNames[0]}'; a classifier needs two. In a folder of images, each subfolder is a "
                + $"class.");
        }

        using var model = _model.Load(parsed, Terminal);
        var options = ReadOptions(parsed, model.Config);
        var experiment = new FineTuneExperiment(context, model, new FineTuneExperiment.Options { Training = options });
        if (test is not null)
        {
            experiment.CheckClasses(training.View, test.View);
        }

        using var classifier = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(() => Terminal.Say("Stopping. The best so far will be saved; Ctrl-C again quits at once."));
            return Fit(experiment, training, validation, progress, cancellation);
        });
        var last = classifier.Progress;
        var completed = last.Step == last.Steps || !cancellation.IsCancellationRequested;

        // Images cannot be part of the schema that ML.NET stores in the zip, so none is stored, rather than one without what the model needs.
        OutputFile.Write(path, stream => context.Model.Save(classifier.Transformer, null, stream));
        Terminal.Say(TrainingEnd.Describe("classifier", last, completed, options));
        var summary = new FineTuneSummary(path, completed, last.Step, last.Steps, last.Epoch, training.Count, classifier.Classification.ClassCount,
            last.Elapsed.TotalSeconds, last.PeakLearningRate, last.BestValidationAccuracy, null);
        if (completed && test is not null)
        {
            var result = Terminal.Track(progress => experiment.Evaluate(classifier.Transformer, test.Watch(Testing, progress, cancellation), cancellation));
            summary = summary with { Test = FineTuneSummary.Measured.Of(result) };
            if (parsed.GetValue(_report) is { } folder)
            {
                WriteReport(folder, context, model, training, test, options, result with { Duration = last.Elapsed + result.Duration }, parsed, cancellation);
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
    private void WriteReport(
        string folder,
        MLContext context,
        ImageGptModel model,
        OpenedData training,
        OpenedData test,
        ImageGptFineTuneTrainer.Options options,
        FineTuneResult tuned,
        ParseResult parsed,
        CancellationToken cancellation)
    {
        var study = new EvaluationStudy(context, model, new EvaluationStudy.Options
        {
            Title = "Fine-tuning",
            Probe = new() { CacheFolder = Path.Combine(folder, "cache") },
            FineTune = options,
            FineTuned = tuned,
            Facts = ProbeOptions.Describe(parsed.GetResult(_data)!.Tokens[0].Value, parsed.GetResult(_test)!.Tokens[0].Value),
        });
        Terminal.Track(progress => study.Run(training.View, test.View, new StudyAdvance(progress), cancellation)).Save(folder);
        Terminal.Say($"The report is {Path.Combine(folder, "report.html")}.");
    }

    private FineTunedClassifier Fit(FineTuneExperiment experiment, OpenedData training, OpenedData? validation, IProgress<Advance> progress,
        CancellationToken cancellation)
    {
        var watch = new TrainingWatch<FineTuningProgress>(Terminal, progress, "Fine-tuning", Describe);
        try
        {
            return experiment.Fit(training.Watch(Reading, progress, cancellation), validation?.View, watch, cancellation);
        }
        catch (OperationCanceledException) // before the first step
        {
            throw new OperationCanceledException("Canceled before the first step; nothing is saved.");
        }
    }

    /// <summary>"loss 3.2145, accuracy 71.0 %, validation 70.2 % (best 70.5 %)".</summary>
    private string Describe(FineTuningProgress value)
    {
        _lastValidation = value.ValidationAccuracy ?? _lastValidation;
        var validation = value.BestValidationAccuracy is { } best ? $", validation {_lastValidation ?? best:P1} (best {best:P1})" : string.Empty;
        return $"loss {value.Loss:F4}, accuracy {value.Accuracy:P1}{validation}";
    }

    private ImageGptFineTuneTrainer.Options ReadOptions(ParseResult parsed, ImageGptConfig config)
    {
        var (probability, votes) = (parsed.GetValue(_maskProbability), parsed.GetValue(_votes));
        if (config.Objective != PretrainingObjective.Masked && (probability ?? votes) is not null)
        {
            throw new UsageException("--mask-probability and --votes are for masked models; this model is an autoregressive one.");
        }

        var options = Defaults with
        {
            Epochs = parsed.GetValue(_epochs) ?? Defaults.Epochs,
            Steps = parsed.GetValue(_steps),
            GenerativeWeight = parsed.GetValue(_generativeWeight),
            MaskProbability = probability ?? Defaults.MaskProbability,
            Votes = votes ?? Defaults.Votes,
        };
        return _checkpoints.Read(parsed, _training.Read(parsed, options, options.Steps, config.ImageSize));
    }
}
