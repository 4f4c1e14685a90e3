using System.CommandLine;
using System.Globalization;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt pretrain: images without labels to a model.</summary>
internal sealed class PretrainCommand : IgptCommand
{
    private static readonly Activity Learning = new("Learning the palette", "image");
    private static readonly Activity Reading = new("Reading the images", "image");
    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly Option<DataSource?> _data = CommandOptions.Data("--data", $"The images to learn from: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.", heldOut: false);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit", "Learn from N images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);
    private readonly Option<DataSource?> _validation = CommandOptions.Data("--validation", "Images to evaluate the model on. Built-in pictures have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _validationLimit = CommandOptions.Number("--validation-limit", "Evaluate on N images at most.", 1, int.MaxValue);
    private readonly Option<string> _out = CommandOptions.FilePath("--out", "The model file to write, a zip for mlContext.Model.Load. An existing one is replaced once the new one is complete.");
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images become squares [default: squash].", ImageCropping.Squash, ImageCropping.CenterCrop, ImageCropping.RandomCrop);
    private readonly Option<int> _crops = CommandOptions.Number("--crops", "With --crop random, the crops of each image that are learned from; their tokens are held in memory.", 1, 100_000, 1);
    private readonly Option<string?> _palette = new("--palette") { Description = "Take these colors instead of learning them: an npy file, such as igpt palette fit writes.", HelpName = "FILE" };
    private readonly Option<string?> _cache = new("--cache") { Description = "Keep the images' tokens in this file, two bytes each, and read them from there the next time; it is written again where it is of other images, another palette or another size.", HelpName = "FILE" };
    private readonly Option<long?> _steps = CommandOptions.Number("--steps", "Optimization steps, in place of the preset's.", 1L, long.MaxValue);
    private readonly Option<int?> _batchSize = CommandOptions.Number("--batch-size", "Images a step, in place of the preset's.", 1, 65536);
    private readonly Option<double?> _learningRate = LearningRateOption.Create();
    private readonly Option<long?> _warmUp = CommandOptions.Number("--warm-up", "Steps of the linear warm-up [default: one pass over the images, but at most a tenth of the steps].", 0L, long.MaxValue);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "Seed of the palette, the first weights and the order of the images; on the CPU the same seed gives the same model.", 0, int.MaxValue, 1);
    private readonly ArchitectureOptions _architecture = new();
    private readonly TrainingOptions _training = new();
    private readonly CheckpointOptions _checkpoints = new();

    internal PretrainCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "pretrain",
            "Pretrain an Image GPT on images, without their labels. Ctrl-C ends the training early and saves the model so far; with --checkpoints, the same command then goes on.",
            "igpt pretrain --data cifar10:datasets/cifar10 --validation cifar10:datasets/cifar10 --validation-limit 2000 --preset tiny --steps 4000 --out model.zip",
            terminal,
            verbose)
    {
        _data.Required = true;
        foreach (var option in new Option[] { _data, _out, _limit, _validation, _validationLimit, _crop, _crops, _palette, _cache })
        {
            Add(option);
        }

        _architecture.AddTo(this);
        foreach (var option in new Option[] { _steps, _batchSize, _learningRate, _warmUp, _seed })
        {
            Add(option);
        }

        _training.AddTo(this);
        _checkpoints.AddTo(this);
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        var palette = parsed.GetValue(_palette) is { } colors ? Palette.Load(colors) : null;
        var options = ReadOptions(parsed, palette);
        OutputFile.Check(path);
        if (options.CacheFile is { } cache)
        {
            OutputFile.Check(cache);
        }

        var context = CreateContext(parsed, parsed.GetValue(_seed));
        var data = parsed.GetRequiredValue(_data)!.Open(context, parsed.GetValue(_limit));
        var validation = parsed.GetValue(_validation)?.Open(context, parsed.GetValue(_validationLimit));

        PretrainingWatch? watch = null;
        using var model = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(() => Terminal.Say("Stopping. What has been learned so far will be saved; Ctrl-C again quits at once."));
            watch = new PretrainingWatch(Terminal, progress);
            return Train(context, data, parsed.GetValue(_crop) ?? ImageCropping.Squash, parsed.GetValue(_crops), palette, options with { Progress = watch, CancellationToken = cancellation }, progress);
        });
        var last = watch!.Last!.Value; // a model that has done no step is not returned
        var isCompleted = last.Step == last.Steps || !cancellation.IsCancellationRequested;

        // Images cannot be part of the schema that ML.NET stores in the zip, so none is stored, rather than one without what the model needs.
        OutputFile.Write(path, stream => context.Model.Save(model, null, stream));
        Terminal.Say(TellEnd(last, isCompleted, options));
        var result = new PretrainingResult(path, isCompleted, last.Step, last.Steps, options.Model.ParameterCount, data.Count, last.Elapsed.TotalSeconds, last.PeakLearningRate, last.Loss, null);
        if (result.Completed && validation is not null)
        {
            var evaluation = Terminal.Track(progress => EvaluationResult.Measure(model.Transform(validation.Watch(Evaluating, progress, cancellation))));
            result = result with { Validation = evaluation.Summary };
        }

        Show(result, WantsJson(parsed));
        return result.Completed ? ExitCodes.Success : ExitCodes.Canceled;
    }

    private static TransformerChain<ITransformer> Train(MLContext context, OpenedData data, ImageCropping cropping, int crops, Palette? palette, ImageGptTrainer.Options options, IProgress<Advance> progress)
    {
        var cancellation = options.CancellationToken;
        try
        {
            var trainer = context.ImageGeneration.Trainers.ImageGpt(options);
            if (data.HasTokens)
            {
                return new TransformerChain<ITransformer>(trainer.Fit(data.Watch(Reading, progress, cancellation)));
            }

            var quantization = new PaletteQuantizingEstimator.Options { ImageSize = options.Model.ImageSize, Colors = options.Model.Colors, Cropping = cropping };
            ITransformer quantizer = palette is null
                ? context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn, quantization).Fit(data.Watch(Learning, progress, cancellation))
                : context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn, palette, options.Model.ImageSize, cropping).Fit(data.View);
            var images = data with { View = context.Data.RepeatRows(data.View, crops), Count = checked(data.Count * crops) };
            var tokens = quantizer.Transform(images.Watch(Reading, progress, cancellation));
            var gpt = trainer.Fit(tokens);
            if (cropping == ImageCropping.RandomCrop)
            {
                quantizer = CreateQuantizer(context, gpt.Model, data); // random crops are for training alone
            }

            return new TransformerChain<ITransformer>(quantizer, gpt);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException("Canceled before the first step; nothing is saved.");
        }
    }

    private static string TellEnd(TrainingProgress last, bool isCompleted, ImageGptTrainer.Options options) => (last.Step == last.Steps, isCompleted) switch
    {
        (true, _) => "The model is saved.",
        (_, true) => $"Stopped after {last.Step:N0} of {last.Steps:N0} steps, {options.EarlyStopPatience} measurements after the best one; the model is saved.",
        _ => $"Stopped after {last.Step:N0} of {last.Steps:N0} steps; the model so far is saved.{(options.CheckpointFolder is null ? string.Empty : " The same command goes on from there.")}",
    };

    private ImageGptTrainer.Options ReadOptions(ParseResult parsed, Palette? palette)
    {
        if (parsed.GetValue(_crops) > 1 && parsed.GetValue(_crop) != ImageCropping.RandomCrop)
        {
            throw new UsageException("--crops is for --crop random.");
        }

        var preset = _architecture.Preset(parsed).Training;
        var steps = parsed.GetValue(_steps) ?? preset.Steps;
        var warmUp = parsed.GetValue(_warmUp);
        if (warmUp > steps)
        {
            throw new UsageException($"--warm-up is {warmUp}; expected no more than --steps, which is {steps}.");
        }

        var options = preset with
        {
            Model = _architecture.Read(parsed, palette),
            Steps = steps,
            BatchSize = parsed.GetValue(_batchSize) ?? preset.BatchSize,
            LearningRate = parsed.GetValue(_learningRate) is { } rate and not LearningRateOption.Auto ? rate : preset.LearningRate,
            FindLearningRate = parsed.GetValue(_learningRate) == LearningRateOption.Auto,
            WarmUpSteps = warmUp,
            CacheFile = parsed.GetValue(_cache),
            MaskProbability = _architecture.MaskProbability(parsed),
            Seed = parsed.GetValue(_seed),
        };
        return _checkpoints.Read(parsed, _training.Read(parsed, options));
    }

    private void Show(PretrainingResult result, bool asJson)
    {
        if (asJson)
        {
            Terminal.WriteJson(result);
            return;
        }

        var facts = new List<(string, string)>
        {
            ("model", result.Model),
            ("parameters", $"{result.Parameters:N0}"),
            ("training images", $"{result.Images:N0}"),
            ("steps", $"{result.Steps:N0} of {result.PlannedSteps:N0}"),
            ("training time", $"{TimeSpan.FromSeconds(result.Seconds):hh\\:mm\\:ss}"),
            ("learning rate", string.Create(CultureInfo.InvariantCulture, $"{result.LearningRate:G3}")),
            ("last batch", $"{result.LastNatsPerToken:F4} nats per token"),
        };
        if (result.Validation is { } validation)
        {
            facts.AddRange(validation.Facts);
        }

        Terminal.Write(Tables.Of(facts));
    }
}
