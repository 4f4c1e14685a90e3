using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using IGptMl.Network;
using IGptMl.Optimisation;
using IGptMl.Palettes;
using IGptMl.Pretraining;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt pretrain: images without labels to a model.</summary>
internal sealed class PretrainCommand : IgptCommand
{
    private const string Autoregressive = "autoregressive";
    private const string Masked = "masked";

    private static readonly Activity Learning = new("Learning the palette", "image");
    private static readonly Activity Reading = new("Reading the images", "image");
    private static readonly Activity Pretraining = new("Pretraining", "step");
    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly Option<DataSource?> _data = CommandOptions.Data("--data", $"The images to learn from: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.", heldOut: false);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit", "Learn from N images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);
    private readonly Option<DataSource?> _validation = CommandOptions.Data("--validation", "Images to evaluate the model on. Built-in pictures have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _validationLimit = CommandOptions.Number("--validation-limit", "Evaluate on N images at most.", 1, int.MaxValue);
    private readonly Option<string> _out = CommandOptions.FilePath("--out", "The model file to write, a zip for mlContext.Model.Load. An existing one is replaced once the new one is complete.");
    private readonly Option<string> _preset = new("--preset") { HelpName = "NAME", DefaultValueFactory = _ => Preset.Known[0].Name };
    private readonly Option<int?> _imageSize = CommandOptions.Number("--image-size", "Side of the square that images are resized to, in pixels, in place of the preset's.", 1, 256);
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images become squares [default: squash].", ImageCropping.Squash, ImageCropping.CenterCrop, ImageCropping.RandomCrop);
    private readonly Option<int> _crops = CommandOptions.Number("--crops", "With --crop random, the crops of each image that are learnt from; their tokens are held in memory.", 1, 100_000, 1);
    private readonly Option<int?> _colors = CommandOptions.Number("--colors", "Colours of the palette, in place of the preset's 512.", 2, ushort.MaxValue);
    private readonly Option<string?> _palette = new("--palette") { Description = "Take these colours instead of learning them: an npy file, such as igpt palette fit writes.", HelpName = "FILE" };
    private readonly Option<string?> _cache = new("--cache") { Description = "Keep the images' tokens in this file, two bytes each, and read them from there the next time; it is written again where it is of other images, another palette or another size.", HelpName = "FILE" };
    private readonly Option<int?> _embeddingSize = CommandOptions.Number("--embedding-size", "Width d of the network, in place of the preset's; a multiple of the heads.", 1, 65536);
    private readonly Option<int?> _layers = CommandOptions.Number("--layers", "Blocks of the network, in place of the preset's.", 1, 1024);
    private readonly Option<int?> _heads = CommandOptions.Number("--heads", "Attention heads of a block, in place of the preset's.", 1, 1024);
    private readonly Option<string> _objective = new("--objective") { Description = "What is learnt: autoregressive predicts every token from those before it, masked (BERT) predicts hidden tokens from all others.", HelpName = "NAME", DefaultValueFactory = _ => Autoregressive };
    private readonly Option<double?> _maskProbability = MaskOptions.CreateForTraining();
    private readonly Option<long?> _steps = CommandOptions.Number("--steps", "Optimisation steps, in place of the preset's.", 1L, long.MaxValue);
    private readonly Option<int?> _batchSize = CommandOptions.Number("--batch-size", "Images a step, in place of the preset's.", 1, 65536);
    private readonly Option<double?> _learningRate = CommandOptions.Number("--learning-rate", "Peak learning rate, in place of the preset's.", 1e-9, 1);
    private readonly Option<long?> _warmUp = CommandOptions.Number("--warm-up", "Steps of the linear warm-up [default: one pass over the images, but at most a tenth of the steps].", 0L, long.MaxValue);
    private readonly Option<int> _seed = CommandOptions.Number("--seed", "Seed of the palette, the first weights and the order of the images; on the CPU the same seed gives the same model.", 0, int.MaxValue, 1);

    internal PretrainCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "pretrain",
            "Pretrain an Image GPT on images, without their labels. Ctrl-C ends the training early and saves the model so far.",
            "igpt pretrain --data cifar10:datasets/cifar10 --validation cifar10:datasets/cifar10 --validation-limit 2000 --preset tiny --steps 4000 --out model.zip",
            terminal,
            verbose)
    {
        _preset.Description = $"The architecture and how long it is trained. {string.Join("; ", Preset.Known)}.";
        _preset.AcceptOnlyFromAmong([.. Preset.Known.Select(p => p.Name)]);
        _objective.AcceptOnlyFromAmong(Autoregressive, Masked);
        _data.Required = true;
        Option[] options = [_data, _out, _limit, _validation, _validationLimit, _preset, _imageSize, _crop, _crops, _colors, _palette, _cache, _embeddingSize, _layers, _heads, _objective, _maskProbability, _steps, _batchSize, _learningRate, _warmUp, _seed];
        foreach (var option in options)
        {
            Add(option);
        }

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

        var last = default(TrainingProgress);
        using var model = Terminal.Track(progress =>
        {
            using var announcement = cancellation.Register(() => Terminal.Say("Stopping. What has been learnt so far will be saved; Ctrl-C again quits at once."));
            return Train(context, data, parsed.GetValue(_crop) ?? ImageCropping.Squash, parsed.GetValue(_crops), palette, options, value => last = value, progress, cancellation);
        });
        if (last.Step == 0)
        {
            throw NothingLearnt();
        }

        // Images cannot be part of the schema that ML.NET stores in the zip, so none is stored, rather than one without what the model needs.
        OutputFile.Write(path, stream => context.Model.Save(model, null, stream));
        Terminal.Say(last.Step == last.Steps ? "The model is saved." : $"Stopped after {last.Step:N0} of {last.Steps:N0} steps; the model so far is saved.");
        var result = new PretrainingResult(path, last.Step == last.Steps, last.Step, last.Steps, options.Model.ParameterCount, data.Count, last.Elapsed.TotalSeconds, last.Loss, null);
        if (result.Completed && validation is not null)
        {
            var evaluation = Terminal.Track(progress => EvaluationResult.Measure(model.Transform(validation.Watch(Evaluating, progress, cancellation))));
            result = result with { Validation = evaluation.Summary };
        }

        Show(result, WantsJson(parsed));
        return result.Completed ? ExitCodes.Success : ExitCodes.Cancelled;
    }

    private static TransformerChain<ITransformer> Train(MLContext context, OpenedData data, ImageCropping cropping, int crops, Palette? palette, ImageGptTrainer.Options options, Action<TrainingProgress> report, IProgress<Advance> progress, CancellationToken cancellation)
    {
        var relay = new Relay<TrainingProgress>(value =>
        {
            report(value);
            progress.Report(new Advance(Pretraining, value.Step, value.Steps, $"{value.Loss:F4} nats per token, {Advance.Describe(value.ImagesPerSecond, value.TimeLeft)}"));
        });
        try
        {
            var trainer = context.ImageGeneration.Trainers.ImageGpt(options with { Progress = relay, CancellationToken = cancellation });
            if (data.HasTokens)
            {
                return new TransformerChain<ITransformer>(trainer.Fit(data.Watch(Reading, progress, cancellation)));
            }

            var quantization = new PaletteQuantizingEstimator.Options { ImageSize = options.Model.ImageSize, Colors = options.Model.Colors, Cropping = cropping };
            ITransformer quantizer = palette is null
                ? context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn, quantization).Fit(data.Watch(Learning, progress, cancellation))
                : context.Transforms.QuantizeToPalette(options.InputColumnName, OpenedData.ImageColumn, palette, options.Model.ImageSize, cropping).Fit(data.View);
            var images = new OpenedData(context.Data.RepeatRows(data.View, crops), checked(data.Count * crops));
            var tokens = quantizer.Transform(images.Watch(Reading, progress, cancellation));
            var gpt = trainer.Fit(tokens);
            if (cropping == ImageCropping.RandomCrop)
            {
                quantizer = CreateQuantizer(context, gpt.Model, data); // random crops are for training alone
            }

            return new TransformerChain<ITransformer>(quantizer, gpt);
        }
        catch (OperationCanceledException) // while images were read
        {
            throw NothingLearnt();
        }
    }

    private static OperationCanceledException NothingLearnt() => new("Cancelled before the first step; nothing is saved.");

    private ImageGptTrainer.Options ReadOptions(ParseResult parsed, Palette? palette)
    {
        var preset = Preset.Known.Single(p => p.Name == parsed.GetValue(_preset));
        var model = preset.Model with
        {
            ImageSize = parsed.GetValue(_imageSize) ?? preset.Model.ImageSize,
            Colors = palette?.Count ?? parsed.GetValue(_colors) ?? preset.Model.Colors,
            EmbeddingSize = parsed.GetValue(_embeddingSize) ?? preset.Model.EmbeddingSize,
            Layers = parsed.GetValue(_layers) ?? preset.Model.Layers,
            Heads = parsed.GetValue(_heads) ?? preset.Model.Heads,
            Objective = parsed.GetValue(_objective) == Masked ? PretrainingObjective.Masked : PretrainingObjective.Autoregressive,
        };
        if (palette is not null && parsed.GetValue(_colors) is not null)
        {
            throw new UsageException("--colors is for a palette that is learnt; that of --palette has its own.");
        }

        if (parsed.GetValue(_crops) > 1 && parsed.GetValue(_crop) != ImageCropping.RandomCrop)
        {
            throw new UsageException("--crops is for --crop random.");
        }

        if (model.EmbeddingSize % model.Heads != 0)
        {
            throw new UsageException($"--embedding-size is {model.EmbeddingSize}; expected a multiple of --heads, which is {model.Heads}.");
        }

        if (parsed.GetValue(_maskProbability) is not null && model.Objective != PretrainingObjective.Masked)
        {
            throw new UsageException("--mask-probability is for --objective masked.");
        }

        var steps = parsed.GetValue(_steps) ?? preset.Steps;
        var warmUp = parsed.GetValue(_warmUp);
        return warmUp is null || warmUp <= steps
            ? new ImageGptTrainer.Options
            {
                Model = model,
                Steps = steps,
                BatchSize = parsed.GetValue(_batchSize) ?? preset.BatchSize,
                LearningRate = parsed.GetValue(_learningRate) ?? preset.LearningRate,
                WarmUpSteps = warmUp,
                CacheFile = parsed.GetValue(_cache),
                MaskProbability = parsed.GetValue(_maskProbability) ?? TokenMasking.DefaultProbability,
                Seed = parsed.GetValue(_seed),
            }
            : throw new UsageException($"--warm-up is {warmUp}; expected no more than --steps, which is {steps}.");
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
            ("last batch", $"{result.LastNatsPerToken:F4} nats per token"),
        };
        if (result.Validation is { } validation)
        {
            facts.AddRange(validation.Facts);
        }

        Terminal.Write(Tables.Of(facts));
    }
}
