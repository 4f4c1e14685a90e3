using System.CommandLine;
using System.Text;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;
using Microsoft.ML;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of the commands that fit classifiers to features: the labeled images, the layers, the classifier, the cache.</summary>
internal sealed class ProbeOptions
{
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data",
        $"Labeled images to fit the classifiers to: {DataSource.Syntax}. Built-in images: 12,000 with seed 1 by default; cifar10:DIR is its "
        + $"training split.", heldOut: false);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test",
        "Labeled test images of the same classes. Built-in images have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit",
        "Use at most N training images: the first N, or from a folder a fixed random sample.", 1, int.MaxValue);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Use at most N test images.", 1, int.MaxValue);
    private readonly Option<LayerSelection> _layers = CommandOptions.Layers("The layers to probe separately: all, 3, or 0,2,5.");
    private readonly Option<LayerSelection?> _concatenate = new("--concatenate")
    {
        Description = "Layers to probe concatenated, in addition, such as 3,4,5.",
        HelpName = "LAYERS",
        CustomParser = result => Parse(result.Tokens[0].Value, out var problem) is { } layers ? layers : Refuse(result, problem),
    };

    private readonly Option<Encoding?> _encoding = CommandOptions.ListEncoding();

    private readonly Option<ProbeClassifier> _trainer = new("--trainer")
    {
        Description = $"The trainer of the classifiers: {string.Join(", ", Enum.GetNames<ProbeClassifier>())}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => ProbeClassifier.LbfgsMaximumEntropy,
    };

    private readonly Option<float[]?> _l2 = CommandOptions.Numbers("--l2",
        "The L2 regularization weights to choose from, on held-out training images [default: 1,30,1000].", 0f,
        "numbers from 0 separated by commas, such as 1,30,1000");
    private readonly Option<int> _votes = CommandOptions.Number("--votes",
        "For a masked model: the number of masks under which each test image is classified; the result is a majority vote.", 1, 1000,
        MajorityVote.DefaultVotes);
    private readonly Option<bool> _raw = new("--no-standardize") { Description = "Do not standardize the features to mean 0 and variance 1." };
    private readonly Option<bool> _patches = new("--patches")
        { Description = "Also probe k-means features of image patches: a baseline that is learned from the same images in a minute." };
    private readonly Option<string?> _cache = new("--cache-folder")
        { Description = "Cache features and results in this folder: a second run resumes where the first one stopped.",
        HelpName = "DIR" };

    private readonly Option<string?> _pretrainedOn = new("--pretrained-on")
        { Description = "The data that the model was pretrained on, such as Tiny-ImageNet, for the report.", HelpName = "TEXT" };

    internal void AddTo(Command command)
    {
        _data.Required = true;
        _test.Required = true;
        foreach (var option in new Option[] { _data, _test, _limit, _testLimit, _encoding, _layers, _concatenate, _trainer, _l2, _votes, _raw, _patches, _cache,
            _pretrainedOn })
        {
            command.Add(option);
        }
    }

    /// <summary>Opens the images.</summary>
    /// <exception cref="InvalidDataException">The two sets do not have the same classes, or fewer than two.</exception>
    internal (OpenedData Training, OpenedData Test) Open(MLContext context, ParseResult parsed, SkippedImages skipped)
    {
        var training = parsed.GetRequiredValue(_data)!.In(parsed.GetValue(_encoding)).Open(context, parsed.GetValue(_limit), skipped);
        var test = parsed.GetRequiredValue(_test)!.In(parsed.GetValue(_encoding)).Open(context, parsed.GetValue(_testLimit), skipped);
        CheckClasses(training.ClassNames, test.ClassNames);
        return (training, test);
    }

    /// <summary>Reads the probe's settings for a model.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="config">The model's architecture.</param>
    /// <param name="folder">The command's output folder, which contains the cache unless --cache is given.</param>
    internal LinearProbeOptions Read(ParseResult parsed, ImageGptConfig config, string? folder = null) => new()
    {
        Layers = parsed.GetRequiredValue(_layers).Of(config),
        Concatenations = parsed.GetValue(_concatenate) is { } set ? [set.Of(config)] : [],
        Classifier = parsed.GetValue(_trainer),
        L2Regularization = CommandOptions.Given(parsed, _l2) ?? new LinearProbeOptions().L2Regularization,
        Votes = parsed.GetValue(_votes),
        Standardize = !parsed.GetValue(_raw),
        PatchBaseline = parsed.GetValue(_patches),
        CacheFolder = parsed.GetValue(_cache) ?? (folder is null ? null : Path.Combine(folder, "cache")),
    };

    /// <summary>The data that the model was pretrained on; null if not given.</summary>
    internal string? PretrainedOn(ParseResult parsed) => parsed.GetValue(_pretrainedOn);

    /// <summary>The sources of the images for a report, without local folders.</summary>
    internal Dictionary<string, string> Describe(ParseResult parsed)
        => Describe(parsed.GetResult(_data)!.Tokens[0].Value, parsed.GetResult(_test)!.Tokens[0].Value);

    /// <summary>The description of two sources as written on the command line.</summary>
    internal static Dictionary<string, string> Describe(string training, string test) => new()
    {
        ["training images"] = Describe(training),
        ["test images"] = $"{Describe(test)}, held out",
    };

    private static string Describe(string source)
        => source.Split(':', 2) is [var kind, _] && !kind.StartsWith("shapes", StringComparison.Ordinal) ? kind
            : Path.GetFileName(Path.TrimEndingDirectorySeparator(source));

    /// <summary>Checks the class names, as ML.NET compares labels by their key: a key must mean the same class in both sets.</summary>
    private static void CheckClasses(IReadOnlyList<string> training, IReadOnlyList<string> test)
    {
        if (training.Count < 2)
        {
            throw new InvalidDataException(
                $"The training images have one class only, '{training[0]}'; a classifier needs two. In a folder of images, each subfolder is a class.");
        }

        if (!training.SequenceEqual(test, StringComparer.Ordinal))
        {
            throw new InvalidDataException($"The test images have other classes than the training images: {Join(test)} instead of {Join(training)}.");
        }

        static string Join(IReadOnlyList<string> names)
            => $"{string.Join(", ", names.Take(12))}{(names.Count > 12 ? $" and {names.Count - 12} more" : string.Empty)}";
    }

    private static LayerSelection? Parse(string text, out string problem)
    {
        var layers = LayerSelection.Parse(text, out problem);
        problem = problem.Replace("--layers", "--concatenate", StringComparison.Ordinal);
        return layers;
    }

    private static LayerSelection? Refuse(System.CommandLine.Parsing.ArgumentResult result, string problem)
    {
        result.AddError(problem);
        return null;
    }
}
