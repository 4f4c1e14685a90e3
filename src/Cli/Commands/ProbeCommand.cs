using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using IGptMl.LinearProbe;
using Spectre.Console;

namespace IGptMl.Cli.Commands;

/// <summary>igpt probe: how much a linear classifier can read from each layer.</summary>
internal sealed class ProbeCommand : IgptCommand
{
    private static readonly Activity Training = new("Features of the training images", "image");
    private static readonly Activity Testing = new("Features of the test images", "image");
    private static readonly Activity Probing = new("Probing", "classifier");

    private readonly ModelOptions _model = new();
    private readonly Option<DataSource?> _data = CommandOptions.Data("--data", $"Labelled images to fit the classifiers to: {DataSource.Syntax}. Built-in pictures: 12,000 with seed 1 unless said otherwise; cifar10:DIR is its training split.", heldOut: false);
    private readonly Option<DataSource?> _test = CommandOptions.Data("--test", "Labelled images of the same classes to measure the accuracy on. Built-in pictures have seed 2 here, and cifar10:DIR is its test split.", heldOut: true);
    private readonly Option<int?> _limit = CommandOptions.Number("--limit", "Take N training images at most: the first ones; from a folder, a random sample, the same every time.", 1, int.MaxValue);
    private readonly Option<int?> _testLimit = CommandOptions.Number("--test-limit", "Take N test images at most.", 1, int.MaxValue);
    private readonly Option<LayerSelection> _layers = CommandOptions.Layers("The layers: all, 3, or 0,2,5.");

    internal ProbeCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "probe",
            "Tell the accuracy in percent of a linear classifier on every layer, beside raw pixels and palette tokens.",
            "igpt probe --model model.zip --data shapes:3000 --test shapes:1000",
            terminal,
            verbose)
    {
        _data.Required = true;
        _test.Required = true;
        _model.AddTo(this);
        foreach (var option in new Option[] { _data, _test, _limit, _testLimit, _layers })
        {
            Add(option);
        }

        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var context = CreateContext(parsed);
        var training = parsed.GetRequiredValue(_data)!.Open(context, parsed.GetValue(_limit));
        var test = parsed.GetRequiredValue(_test)!.Open(context, parsed.GetValue(_testLimit));
        CheckClasses(training.ClassNames, test.ClassNames);
        using var model = _model.Load(parsed);
        var layers = parsed.GetRequiredValue(_layers).Of(model.Config);
        var experiment = new LinearProbeExperiment(context, model, new LinearProbeExperiment.Options { Layers = layers });
        var result = Terminal.Track(progress => Run(experiment, training, test, layers.Count + 2, progress, cancellation));
        if (WantsJson(parsed))
        {
            Terminal.WriteJson(ProbeResult.Of(result));
        }
        else
        {
            Terminal.Write(CreateTable(result));
        }

        return ExitCodes.Success;
    }

    private static LinearProbeResult Run(LinearProbeExperiment experiment, OpenedData training, OpenedData test, int classifiers, IProgress<Advance> progress, CancellationToken cancellation)
    {
        var done = 0;
        var relay = new Relay<ProbedRepresentation>(probed => progress.Report(new Advance(Probing, ++done, classifiers, $"{probed.Name}: {probed.Accuracy:P1}")));
        return experiment.Run(training.Watch(Training, progress, cancellation), test.Watch(Testing, progress, cancellation), relay, cancellation);
    }

    /// <summary>Labels are numbers to ML.NET: the same number must mean the same class in both sets.</summary>
    private static void CheckClasses(IReadOnlyList<string> training, IReadOnlyList<string> test)
    {
        if (training.Count < 2)
        {
            throw new InvalidDataException($"The training images have one class only, '{training[0]}'; a classifier needs two. In a folder of images, each subfolder is a class.");
        }

        if (!training.SequenceEqual(test, StringComparer.Ordinal))
        {
            throw new InvalidDataException($"The test images have other classes than the training images: {Join(test)} in place of {Join(training)}.");
        }

        static string Join(IReadOnlyList<string> names) => $"{string.Join(", ", names.Take(12))}{(names.Count > 12 ? $" and {names.Count - 12} more" : string.Empty)}";
    }

    private static Table CreateTable(LinearProbeResult result)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("representation")
            .AddColumn(new TableColumn("features").RightAligned())
            .AddColumn(new TableColumn("accuracy").RightAligned())
            .AddColumn(string.Empty);
        foreach (var probed in result.Baselines.Concat(result.Layers))
        {
            table.AddRow(new Text(probed.Name), new Text($"{probed.FeatureCount:N0}"), new Text($"{probed.Accuracy:P1}"), new Text(probed == result.Best ? "best" : string.Empty));
        }

        return table.Caption($"{result.TrainingRows:N0} training and {result.TestRows:N0} test images");
    }
}
