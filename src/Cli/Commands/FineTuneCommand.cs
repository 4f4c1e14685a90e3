using System.CommandLine;
using System.Text;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt finetune: trains a classifier from a pretrained model and labeled images.</summary>
internal sealed class FineTuneCommand : IgptCommand
{
    private static readonly Activity Reading = new("Reading the images", "image");
    private static readonly Activity Testing = new("Evaluating", "image");
    private static readonly ImageGptFineTuneTrainer.Options Defaults = new();

    private readonly ModelOptions _model = new();
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data",
        $"Labeled training images: {DataSource.Syntax}. Built-in images: 12,000 with seed 1 by default; cifar10:DIR is its training split.",
        heldOut: false);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test",
        "Labeled test images of the same classes. Built-in images have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit",
        "Use at most N training images: the first N, or from a folder a fixed random sample.", 1, int.MaxValue);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Use at most N test images.", 1, int.MaxValue);
    private readonly Option<Encoding?> _encoding = CommandOptions.ListEncoding();
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The classifier to write, a zip for mlContext.Model.Load that maps images to class names. An existing file is replaced once the new one is complete.");
    private readonly Option<string?> _report = new("--report")
        { Description = "Write a report to this folder, for which every layer is also probed on the same images: results.json, tables, plots, and an HTML "
        + "page. It needs --test.", HelpName = "DIR" };
    private readonly Option<int?> _epochs = CommandOptions.Number("--epochs", $"Maximum number of epochs [default: {Defaults.Epochs}].", 1, 1_000_000);
    private readonly Option<long?> _steps = CommandOptions.Number("--steps", "Maximum number of optimization steps, instead of --epochs.", 1L, long.MaxValue);
    private readonly Option<double> _generativeWeight = CommandOptions.Number("--generative-weight",
        "The weight of the pretraining loss relative to the classification loss; 0 omits it.", 0, 1e6, Defaults.GenerativeWeight);
    private readonly Option<double?> _maskProbability = MaskOptions.CreateForFineTuning();
    private readonly Option<int?> _votes = CommandOptions.Number("--votes",
        $"For a masked model: the number of masks under which an image is classified; the result is a majority vote [default: {Defaults.Votes}].",
        1, 1000);
    private readonly TrainingArguments _training = TrainingArguments.ForFineTuning(Defaults);
    private readonly CheckpointOptions _checkpoints = new();

    private double? _lastValidation;

    internal FineTuneCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "finetune",
            "Fine-tune a whole model to classify images, and save the chain from pixels to class names. Ctrl-C stops the training and saves the best "
                + "model so far; with --checkpoints, the same command then resumes.",
            "igpt finetune --model model.zip --data shapes:3000 --test shapes:1000 --out classifier.zip",
            terminal,
            verbose)
    {
        _data.Required = true;
        _model.AddTo(this);
        foreach (var option in new Option[] { _data, _test, _limit, _testLimit, _encoding, _out.EndsIn(".zip"), _report.IsFolder(), _epochs, _steps,
            _generativeWeight, _maskProbability, _votes })
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
                result.AddError("--report needs --test: a report shows the accuracy on test images.");
            }

            if (result.GetResult(_epochs) is not null && result.GetResult(_steps) is not null)
            {
                result.AddError("--epochs and --steps exclude each other: both set the length of the training.");
            }
        });
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        var ranks = ConnectRanks();
        if (ranks.Rank == 0)
        {
            OutputFile.Check(path);
        }

        if (parsed.GetValue(_report) is { } early && ranks.Rank == 0)
        {
            OutputFolder.Prepare(early);
        }

        var context = CreateContext(parsed, _training.Seed(parsed));
        var encoding = parsed.GetValue(_encoding);
        var training = parsed.GetRequiredValue(_data)!.In(encoding).Open(context, parsed.GetValue(_limit), Skipped);
        var validation = _training.Validation(parsed)?.In(encoding).Open(context, _training.ValidationLimit(parsed), Skipped);
        var test = parsed.GetValue(_test)?.In(encoding).Open(context, parsed.GetValue(_testLimit), Skipped);
        if (training.ClassNames.Count < 2)
        {
            throw new InvalidDataException(
                $"The training images have one class only, '{training.ClassNames[0]}'; a classifier needs two. In a folder of images, each subfolder is a "
                + $"class.");
        }

        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: parsed.GetValue(_report) is not null);
        RequireMemory(parsed, model.Config);
        var options = ReadOptions(parsed, model.Config) with { Distribution = ranks };
        var experiment = new FineTuneExperiment(context, model, new FineTuneExperiment.Options { Training = options });
        if (test is not null)
        {
            experiment.CheckClasses(training.View, test.View);
        }

        using var classifier = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(() => Terminal.Say("Stopping. The best model so far will be saved; Ctrl-C again quits at once."));
            return Fit(experiment, training, validation, progress, cancellation);
        });
        var last = classifier.Progress;
        var completed = last.Step == last.Steps || !cancellation.IsCancellationRequested;

        if (ranks.Rank > 0)
        {
            ranks.Complete();
            return ExitCodes.Success;
        }

        // ML.NET cannot store a schema with an image column, which the model needs, so no schema is stored.
        OutputFile.Write(path, stream => context.Model.Save(classifier.Transformer, null, stream));
        ranks.Complete();
        Terminal.Say(TrainingEnd.Describe("classifier", last, completed, options));
        var summary = new FineTuneSummary(path, completed, last.Step, last.Steps, last.Epoch, training.ReadCount, classifier.Classification.ClassCount,
            last.Elapsed.TotalSeconds, last.PeakLearningRate, last.PeakMuonLearningRate, last.BestValidationAccuracy, null);
        FineTuneResult? result = null;
        try
        {
            if (completed && test is not null)
            {
                result = Terminal.Track(progress
                    => experiment.Evaluate(classifier.Transformer, test.Watch(Testing, progress, cancellation), cancellation));
                summary = summary with { Test = FineTuneSummary.Measured.Of(result) };
            }
        }
        finally
        {
            WriteResult(parsed, summary, summary.Facts); // also if the evaluation or the report fails
        }

        if (result is not null && parsed.GetValue(_report) is { } folder)
        {
            var tuned = result with { Duration = last.Elapsed + result.Duration };
            return WriteReport(folder, context, model, training, test!, options, tuned, parsed, cancellation);
        }

        return completed ? ExitCodes.Success : ExitCodes.Canceled;
    }

    /// <summary>Writes a report on the classifier and on linear probes of the pretrained model.</summary>
    private int WriteReport(
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
        var code = Save(Terminal.Track(progress => study.Run(training.View, test.View, new StudyAdvance(progress), cancellation)), folder);
        Terminal.Say($"The report is {Path.Combine(folder, "report.html")}.");
        return code;
    }

    private FineTunedClassifier Fit(FineTuneExperiment experiment, OpenedData training, OpenedData? validation, IProgress<Advance> progress,
        CancellationToken cancellation)
    {
        var watch = new TrainingWatch<FineTuningProgress>(Terminal, progress, "Fine-tuning", Describe);
        try
        {
            return experiment.Fit(training.Watch(Reading, progress, cancellation), validation?.View, watch, cancellation);
        }
        catch (OperationCanceledException) // canceled before the first step
        {
            throw new OperationCanceledException("Canceled before the first step; nothing is saved.");
        }
    }

    /// <summary>"mean loss 3.2145, accuracy 71.0 %, validation 70.2 % (best 70.5 %)".</summary>
    private string Describe(FineTuningProgress value)
    {
        _lastValidation = value.ValidationAccuracy ?? _lastValidation;
        var validation = value.BestValidationAccuracy is { } best ? $", validation {_lastValidation ?? best:P1} (best {best:P1})" : string.Empty;
        return $"mean loss {value.MeanLoss:F4}, accuracy {value.MeanAccuracy:P1}{validation}";
    }

    /// <summary>Whether the time alone limits the training.</summary>
    private bool IsTimedAlone(ParseResult parsed) => _training.TimeLimit(parsed) is not null && parsed.GetValue(_epochs) is null;

    private ImageGptFineTuneTrainer.Options ReadOptions(ParseResult parsed, ImageGptConfig config)
    {
        var (probability, votes) = (parsed.GetValue(_maskProbability), parsed.GetValue(_votes));
        if (config.Objective != PretrainingObjective.Masked && (probability ?? votes) is not null)
        {
            throw new UsageException("--mask-probability and --votes are for masked models; this model is autoregressive.");
        }

        var options = Defaults with
        {
            Epochs = parsed.GetValue(_epochs) ?? Defaults.Epochs,
            Steps = parsed.GetValue(_steps) ?? (IsTimedAlone(parsed) ? TrainingArguments.UnlimitedSteps : null),
            GenerativeWeight = parsed.GetValue(_generativeWeight),
            MaskProbability = probability ?? Defaults.MaskProbability,
            Votes = votes ?? Defaults.Votes,
        };
        return _checkpoints.Read(parsed, _training.Read(parsed, options, options.Steps, config.ImageSize));
    }
}
