using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Spectre.Console;

namespace IGptMl.Cli.Commands;

/// <summary>igpt low-data: measures the accuracy of a linear classifier on the features when few images have labels.</summary>
internal sealed class LowDataCommand : IgptCommand
{
    private const int DefaultBudgets = 3;

    private static readonly Activity Fitting = new("Few labels", "classifier");

    private readonly ModelOptions _model = new();
    private readonly ProbeOptions _probe = new();
    private readonly LowDataOptions _lowData = new();
    private readonly Option<string?> _report = new("--report")
        { Description = "Write a report to this folder, for which every layer is also probed with all labels.", HelpName = "DIR" };

    internal LowDataCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "low-data",
            "Measure the accuracy in percent with 40, 250 and 4,000 labels: mean and sample standard deviation over five draws of the labels.",
            "igpt low-data --model model.zip --data cifar10:DIR --test cifar10:DIR --cache-folder cache",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _probe.AddTo(this);
        _lowData.AddTo(this);
        Add(_report.IsFolder());
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = parsed.GetValue(_report);
        if (folder is not null)
        {
            OutputFolder.Prepare(folder);
        }

        var context = CreateContext(parsed);
        var (training, test) = _probe.Open(context, parsed, Skipped);
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: folder is not null);
        var probe = _probe.Read(parsed, model.Config, folder);
        var options = _lowData.Read(parsed, probe);
        var experiment = new LowDataExperiment(context, model, options);
        var result = Terminal.Track(progress =>
        {
            var (done, all) = (0, (1 + (probe.Baselines ? 2 : 0)
                + (probe.PatchBaseline ? 1 : 0)) * (options.Budgets?.Distinct().Count() ?? DefaultBudgets) * options.Seeds.Distinct().Count());
            var relay = new Relay<LowDataRun>(run => progress.Report(new Advance(Fitting, ++done, all,
                $"{run.Representation}, {run.Budget:N0} labels: {run.Accuracy:P1}")));
            return experiment.Run(
                training.Watch(LabeledReading.Training, progress, cancellation),
                test.Watch(LabeledReading.Test, progress, cancellation),
                relay,
                LabeledReading.Features(progress),
                cancellation);
        });
        foreach (var note in result.Notes)
        {
            Terminal.Say(note);
        }

        WriteResult(parsed, new LowDataSummary(result.TrainingRows, result.TestRows, [.. result.Scores.Select(LowDataLine.Of)]), CreateTable(result));
        if (folder is not null)
        {
            var study = new EvaluationStudy(context, model, new EvaluationStudy.Options
                { Title = "Few labels", Probe = probe, LowData = options, PretrainedOn = _probe.PretrainedOn(parsed), Facts = _probe.Describe(parsed) });
            return Save(study.Run(training.View, test.View, cancellationToken: cancellation), folder);
        }

        return ExitCodes.Success;
    }

    private static Table CreateTable(LowDataResult result)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("representation");
        foreach (var budget in result.Budgets)
        {
            table.AddColumn(new TableColumn($"{budget:N0} labels").RightAligned());
        }

        foreach (var representation in result.Representations)
        {
            table.AddRow([new Text(representation), .. result.Budgets.Select(budget => new Text($"{result.Find(representation, budget)}"))]);
        }

        return table.Caption($"accuracy in percent on {result.TestRows:N0} test images, mean ± sample standard deviation");
    }
}
