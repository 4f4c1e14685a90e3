using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Spectre.Console;

namespace IGptMl.Cli.Commands;

/// <summary>igpt probe: measures the accuracy of a linear classifier on each layer.</summary>
internal sealed class ProbeCommand : IgptCommand
{
    private static readonly Activity Probing = new("Probing", "classifier");

    private readonly ModelOptions _model = new();
    private readonly ProbeOptions _probe = new();
    private readonly Option<string?> _out = new("--out")
    {
        Description = "The classifier to write, a zip for mlContext.Model.Load that maps images to class names by the best layer.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write a report to this folder: results.json, tables, plots, and an HTML page.",
        HelpName = "DIR",
    };

    internal ProbeCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "probe",
            "Measure the accuracy in percent of a linear classifier on every layer, and on raw pixels and palette tokens.",
            "igpt probe --model model.zip --data shapes:3000 --test shapes:1000",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _probe.AddTo(this);
        Add(_out.EndsIn(".zip"));
        Add(_report.IsFolder());
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (folder, path) = (parsed.GetValue(_report), parsed.GetValue(_out));
        if (path is not null)
        {
            OutputFile.Check(path);
        }

        if (folder is not null)
        {
            OutputFolder.Prepare(folder);
        }

        var context = CreateContext(parsed);
        var (training, test) = _probe.Open(context, parsed, Skipped);
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: folder is not null);
        var options = _probe.Read(parsed, model.Config, folder);
        var experiment = new LinearProbeExperiment(context, model, options);
        var result = Terminal.Track(progress => Run(experiment, options, training, test, progress, cancellation));
        foreach (var note in result.Notes)
        {
            Terminal.Say(note);
        }

        WriteResult(parsed, ProbeResult.Of(result), CreateTable(result)); // first, in case that what follows fails
        if (path is not null)
        {
            Save(context, experiment, result.Best, training, path);
        }

        if (folder is not null)
        {
            // The results of the probe are in the cache.
            var study = new EvaluationStudy(context, model, new EvaluationStudy.Options
                { Title = "Linear probe", Probe = options, PretrainedOn = _probe.PretrainedOn(parsed), Facts = _probe.Describe(parsed) });
            return Save(study.Run(training.View, test.View, cancellationToken: cancellation), folder);
        }

        return ExitCodes.Success;
    }

    private static void Save(MLContext context, LinearProbeExperiment experiment, ProbedRepresentation best, OpenedData training, string path)
    {
        var fitted = experiment.Fit(training.View, best);
        try
        {
            OutputFile.Write(path, stream => context.Model.Save(fitted, training.View.Schema, stream));
        }
        finally
        {
            (fitted as IDisposable)?.Dispose();
        }
    }

    private static LinearProbeResult Run(LinearProbeExperiment experiment, LinearProbeOptions options, OpenedData training, OpenedData test,
        IProgress<Advance> progress, CancellationToken cancellation)
    {
        var (done, all) = (0, options.Layers!.Count + options.Concatenations.Count + (options.Baselines ? 2 : 0) + (options.PatchBaseline ? 1 : 0));
        var relay = new Relay<ProbedRepresentation>(probed => progress.Report(new Advance(Probing, ++done, all, $"{probed.Name}: {probed.Accuracy:P1}")));
        return experiment.Run(
            training.Watch(LabeledReading.Training, progress, cancellation),
            test.Watch(LabeledReading.Test, progress, cancellation),
            relay,
            LabeledReading.Features(progress),
            cancellation);
    }

    private static Table CreateTable(LinearProbeResult result)
    {
        var topFive = result.Layers.Any(layer => layer.Top5Accuracy is not null);
        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("representation")
            .AddColumn(new TableColumn("features").RightAligned())
            .AddColumn(new TableColumn("accuracy").RightAligned());
        if (topFive)
        {
            table.AddColumn(new TableColumn("top-5").RightAligned());
        }

        table.AddColumn(string.Empty);
        foreach (var probed in result.Baselines.Concat(result.Layers))
        {
            Text[] five = topFive ? [new Text($"{probed.Top5Accuracy:P1}")] : [];
            table.AddRow([new Text(probed.Name), new Text($"{probed.FeatureCount:N0}"), new Text($"{probed.Accuracy:P1}"), .. five,
                new Text(probed == result.Best ? "best" : string.Empty)]);
        }

        return table.Caption($"{result.TrainingRows:N0} training and {result.TestRows:N0} test images");
    }
}
