using System.CommandLine;
using System.Globalization;
using System.Text;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt pretrain: pretrains a model on unlabeled images.</summary>
internal sealed class PretrainCommand : IgptCommand
{
    private static readonly Activity Learning = new("Learning the palette", "image");
    private static readonly Activity Reading = new("Reading the images", "image");
    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly Option<DataSource?> _data = CommandOptions.Data("--data",
        $"The training images: {DataSource.Syntax}. Built-in images: 12,000 with seed 1 by default; cifar10:DIR is its training split.",
        heldOut: false);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit",
        "Use at most N training images: the first N, or from a folder a fixed random sample.", 1, int.MaxValue);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test",
        "Test images to evaluate the final model on. Built-in images have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Use at most N test images.", 1, int.MaxValue);
    private readonly Option<Encoding?> _encoding = CommandOptions.ListEncoding();
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The model file to write, a zip for mlContext.Model.Load. An existing file is replaced once the new one is complete.");
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images are cropped to squares [default: squash].", ImageCropping.Squash,
        ImageCropping.CenterCrop, ImageCropping.RandomCrop);
    private readonly Option<int> _crops = CommandOptions.Number("--crops",
        "With --crop random, the number of crops per image; their tokens are held in memory.", 1, 100_000, 1);
    private readonly PaletteOptions _palette = new("Use this palette instead of learning one");
    private readonly Option<string?> _cache = new("--cache-file")
        { Description = "Cache the images' tokens in this file, two bytes each, for the next run; the file is written again if it is from "
        + "other images, another palette or another size.", HelpName = "FILE" };
    private readonly Option<long?> _steps = CommandOptions.Number("--steps", "Optimization steps, instead of the preset's.", 1L, long.MaxValue);
    private readonly Option<long?> _samples = CommandOptions.Number("--samples",
        "Steps between sheets of sampled images, samples-000001000.png and so on; not for --objective masked.", 1L, long.MaxValue);
    private readonly ArchitectureOptions _architecture = new();
    private readonly TrainingArguments _training = TrainingArguments.ForPretraining();
    private readonly CheckpointOptions _checkpoints = new();

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only plan the memory: what the model, its training state and its images take on a GPU, and into how many parts a batch must be divided.",
    };

    private readonly MemoryOption _memory = new("With --dry-run: plan for a GPU");

    private double? _lastValidation;

    internal PretrainCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "pretrain",
            "Pretrain an Image GPT on images, without their labels. Ctrl-C stops the training and saves the model so far; with --checkpoints, the "
                + "same command then resumes.",
            "igpt pretrain --data cifar10:datasets/cifar10 --test cifar10:datasets/cifar10 --test-limit 2000 --preset tiny --steps 4000 --out model.zip",
            terminal,
            verbose)
    {
        _out.Required = false;
        Validators.Add(result =>
        {
            foreach (var needed in result.GetResult(_dryRun) is null ? new Option[] { _data, _out } : [])
            {
                if (result.GetResult(needed) is null)
                {
                    result.AddError($"Option '{needed.Name}' is required.");
                }
            }
        });
        foreach (var option in new Option[] { _data, _out.EndsIn(".zip"), _limit, _test, _testLimit, _encoding, _crop, _crops, _cache })
        {
            Add(option);
        }

        _palette.AddTo(this);
        _architecture.AddTo(this);
        Add(_steps);
        _training.AddTo(this);
        _checkpoints.AddTo(this);
        Add(_samples);
        Add(_dryRun);
        _memory.AddTo(this);
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var palette = _palette.Load(parsed, Terminal);
        var options = ReadOptions(parsed, palette);
        if (parsed.GetValue(_dryRun))
        {
            return PlanMemory(parsed, options);
        }

        if (_memory.IsGiven(parsed))
        {
            throw new UsageException("--gpu-memory is for --dry-run.");
        }

        var path = parsed.GetRequiredValue(_out);
        RequireMemory(parsed, options.Model);
        var ranks = ConnectRanks();
        if (ranks.Rank == 0)
        {
            OutputFile.Check(path);
        }

        if (options.CacheFile is { } cache)
        {
            OutputFile.Check(cache);
        }

        var context = CreateContext(parsed, _training.Seed(parsed));
        var encoding = parsed.GetValue(_encoding);
        var data = parsed.GetRequiredValue(_data)!.In(encoding).Open(context, parsed.GetValue(_limit), Skipped);
        var validation = _training.Validation(parsed)?.In(encoding).Open(context, _training.ValidationLimit(parsed), Skipped);
        var test = parsed.GetValue(_test)?.In(encoding).Open(context, parsed.GetValue(_testLimit), Skipped);
        CheckTokens(options.Model, palette, data, validation, test);

        TrainingWatch<TrainingProgress>? watch = null;
        using var model = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(()
                => Terminal.Say("Stopping. The model so far will be saved; Ctrl-C again quits at once."));
            watch = new TrainingWatch<TrainingProgress>(Terminal, progress, "Pretraining", Describe);
            var settings = options with { Progress = watch, CancellationToken = cancellation, Distribution = ranks };
            return Train(context, data, validation, parsed.GetValue(_crop) ?? ImageCropping.Squash, parsed.GetValue(_crops), palette, settings, progress);
        });
        var last = watch!.Last!; // not null, as no model is returned before the first step
        var isCompleted = last.Step == last.Steps || !cancellation.IsCancellationRequested;

        if (ranks.Rank > 0)
        {
            ranks.Complete();
            return ExitCodes.Success;
        }

        // ML.NET cannot store a schema with an image column, which the model needs, so no schema is stored.
        OutputFile.Write(path, stream => context.Model.Save(model, null, stream));
        ranks.Complete();
        Terminal.Say(TrainingEnd.Describe("model", last, isCompleted, options));
        var result = new PretrainingResult(path, isCompleted, last.Step, last.Steps, options.Model.ParameterCount, data.ReadCount, last.Elapsed.TotalSeconds,
            last.PeakLearningRate, last.PeakMuonLearningRate, last.Loss, null);
        try
        {
            if (result.Completed && test is not null)
            {
                var evaluation = Terminal.Track(progress => EvaluationResult.Measure(model.Transform(test.Watch(Evaluating, progress, cancellation))));
                result = result with { Test = evaluation.Summary };
            }
        }
        finally
        {
            WriteResult(parsed, result, Facts(result)); // also if the evaluation fails
        }

        return result.Completed ? ExitCodes.Success : ExitCodes.Canceled;
    }

    private int PlanMemory(ParseResult parsed, ImageGptTrainer.Options options)
    {
        var plan = ImageGptMemory.Plan(options.Model, options, _memory.Read(parsed));
        var result = new MemoryPlanResult(options.Model.ParameterCount, options.Precision, plan);
        WriteResult(parsed, result, result.Facts);
        return plan.Fits ? ExitCodes.Success : ExitCodes.Failure;
    }

    /// <summary>Images that are tokens already must be those of the model, and then all of them are tokens.</summary>
    private static void CheckTokens(ImageGptConfig model, Palette? palette, OpenedData data, params OpenedData?[] others)
    {
        foreach (var tokens in others.Prepend(data).OfType<OpenedData>())
        {
            if (tokens.HasTokens != data.HasTokens)
            {
                throw new UsageException("Some of the data are tokens and some are images; expected tokens alone, or images alone.");
            }

            RequireTokens(tokens, model, (side, colors) =>
            {
                var size = side == model.ImageSize ? string.Empty : $"Give --image-size {side}.";
                var color = colors == model.Colors ? string.Empty : palette is null ? $"Give --colors {colors}." : "They are not of this --palette.";
                return $"{color} {size}".Trim();
            });
        }
    }

    /// <summary>"mean 3.2145 nats per token, validation 3.3021".</summary>
    private string Describe(TrainingProgress value)
    {
        _lastValidation = value.ValidationLoss ?? _lastValidation;
        return $"mean {value.MeanLoss:F4} nats per token{(_lastValidation is { } nats ? $", validation {nats:F4}" : string.Empty)}";
    }

    private static TransformerChain<ITransformer> Train(
        MLContext context,
        OpenedData data,
        OpenedData? validation,
        ImageCropping cropping,
        int crops,
        Palette? palette,
        ImageGptTrainer.Options options,
        IProgress<Advance> progress)
    {
        var cancellation = options.CancellationToken;
        try
        {
            var trainer = context.ImageGeneration.Trainers.ImageGpt(options);
            if (data.HasTokens)
            {
                return new TransformerChain<ITransformer>(trainer.Fit(data.Watch(Reading, progress, cancellation), validation?.View));
            }

            var quantization = new PaletteQuantizingEstimator.Options
                { ImageSize = options.Model.ImageSize, Colors = options.Model.Colors, Cropping = cropping };
            ITransformer quantizer = palette is null
                ? context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn,
                    quantization).Fit(data.Watch(Learning, progress, cancellation))
                : context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn, palette, options.Model.ImageSize,
                    cropping).Fit(data.View);
            var images = data.Repeat(crops);
            var tokens = quantizer.Transform(images.Watch(Reading, progress, cancellation));
            var gpt = trainer.Fit(tokens, validation is null ? null : quantizer.Transform(validation.View));
            if (cropping == ImageCropping.RandomCrop)
            {
                quantizer = CreateQuantizer(context, gpt.Model, data); // random crops are only for training
            }

            return new TransformerChain<ITransformer>(quantizer, gpt);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException("Canceled before the first step; nothing is saved.");
        }
    }

    private ImageGptTrainer.Options ReadOptions(ParseResult parsed, Palette? palette)
    {
        if (parsed.GetValue(_crops) > 1 && parsed.GetValue(_crop) != ImageCropping.RandomCrop)
        {
            throw new UsageException("--crops is for --crop random.");
        }

        var preset = _architecture.Preset(parsed).Training;
        var options = preset with
        {
            Model = _architecture.Read(parsed, palette),
            Steps = parsed.GetValue(_steps) ?? (_training.TimeLimit(parsed) is null ? preset.Steps : TrainingArguments.UnlimitedSteps),
            CacheFile = parsed.GetValue(_cache),
            SampleInterval = parsed.GetValue(_samples),
            MaskProbability = _architecture.MaskProbability(parsed),
        };
        _checkpoints.Require(parsed, _samples);
        if (options.SampleInterval is not null && options.Model.Objective == PretrainingObjective.Masked)
        {
            throw new UsageException("--samples is for autoregressive models: a masked model cannot be sampled token by token.");
        }

        return _checkpoints.Read(parsed, _training.Read(parsed, options, options.Steps, options.Model.ImageSize));
    }

    private static List<(string Name, string Value)> Facts(PretrainingResult result)
    {
        var facts = new List<(string Name, string Value)>
        {
            ("model", result.Model),
            ("parameters", $"{result.Parameters:N0}"),
            ("training images", $"{result.Images:N0}"),
            ("steps", $"{result.Steps:N0} of {result.PlannedSteps:N0}"),
            ("training time", $"{TimeSpan.FromSeconds(result.Seconds):hh\\:mm\\:ss}"),
            ("learning rate", string.Create(CultureInfo.InvariantCulture, $"{result.LearningRate:G3}")),
        };
        if (result.MuonLearningRate is { } muon)
        {
            facts.Add(("muon rate", string.Create(CultureInfo.InvariantCulture, $"{muon:G3}")));
        }

        facts.Add(("last batch", $"{result.LastNatsPerToken:F4} nats per token"));
        if (result.Test is { } test)
        {
            facts.AddRange(test.Facts);
        }

        return facts;
    }
}
