using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;

namespace IGptMl.Cli.Commands;

/// <summary>igpt report: runs the paper's evaluations of a model, and writes a report.</summary>
internal sealed class ReportCommand : IgptCommand
{
    private readonly ModelOptions _model = new();
    private readonly ProbeOptions _probe = new();
    private readonly LowDataOptions _lowData = new();
    private readonly Option<bool> _noLowData = new("--no-low-data") { Description = "Omit the accuracy with few labels." };
    private readonly Option<string[]> _beside = new("--beside")
    {
        Description = $"Another model to compare with, as NAME=PATH: an earlier checkpoint, a masked model, or a model pretrained on other images. Can be "
            + $"given several times. A model is {ModelOptions.Forms}.",
        HelpName = "NAME=PATH",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _checkpoints = new("--checkpoints")
        { Description = "The folder of the run's checkpoints: all of them are compared with the model, generative loss against accuracy over the "
        + "training.", HelpName = "DIR" };
    private readonly Option<int?> _fineTune = CommandOptions.Number("--fine-tune",
        "Also fine-tune the whole network on the same images, for at most N epochs; the best weights on a held-out tenth are used.", 1, 100_000);
    private readonly Option<string> _title = new("--title")
        { Description = "The report's title.", HelpName = "TEXT", DefaultValueFactory = _ => new EvaluationStudy.Options().Title };
    private readonly Option<string> _name = new("--name")
        { Description = "The name of the model in the report.", HelpName = "TEXT", DefaultValueFactory = _ => new EvaluationStudy.Options().ModelName };
    private readonly Option<string> _out = new("--out")
        { Description = "The folder to write. What was computed is kept in its subfolder cache, or in --cache-folder, for the next run.",
        HelpName = "DIR", Required = true };

    internal ReportCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "report",
            "Probe every layer, evaluate few labels and the generative loss, and write tables, plots and an HTML page.",
            "igpt report --model model.zip --data cifar10:DIR --test cifar10:DIR --patches --out report",
            terminal,
            verbose)
    {
        _beside.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1 || token.Value.EndsWith('=')))
            {
                result.AddError($"--beside is '{token.Value}'; expected NAME=PATH.");
            }
        });
        _model.AddTo(this);
        _probe.AddTo(this);
        _lowData.AddTo(this);
        foreach (var option in new Option[] { _noLowData, _fineTune, _checkpoints, _beside, _title, _name, _out.IsFolder() })
        {
            Add(option);
        }

        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = parsed.GetRequiredValue(_out);
        OutputFolder.Prepare(folder);
        var context = CreateContext(parsed);
        var (training, test) = _probe.Open(context, parsed, Skipped);
        var checkpoints = parsed.GetValue(_checkpoints) is { } run ? ComparedModel.FindCheckpoints(run) : [];
        var beside = parsed.GetRequiredValue(_beside).Select(text => text.Split('=', 2)).Select(parts => new ComparedModel(parts[0], parts[1])).ToList();
        using var model = _model.Load(parsed, Terminal, cancellation, needsHead: true);
        var probe = _probe.Read(parsed, model.Config, folder);
        var study = new EvaluationStudy(context, model, new EvaluationStudy.Options
        {
            Title = parsed.GetRequiredValue(_title),
            ModelName = parsed.GetRequiredValue(_name),
            Probe = probe,
            LowData = parsed.GetValue(_noLowData) ? null : _lowData.Read(parsed, probe),
            FineTune = parsed.GetValue(_fineTune) is { } epochs ? new ImageGptFineTuneTrainer.Options { Epochs = epochs, Seed = 1 } : null,
            PretrainedOn = _probe.PretrainedOn(parsed),
            Others = [.. checkpoints, .. beside],
            Facts = _probe.Describe(parsed),
        });
        var results = Terminal.Track(progress => study.Run(training.View, test.View, new StudyAdvance(progress), cancellation));
        foreach (var note in results.Notes.Except(results.Failures))
        {
            Terminal.Say(note);
        }

        var code = Save(results, folder);
        var summary = ReportSummary.Of(folder, results);
        WriteResult(parsed, summary, summary.Facts);
        return code;
    }
}
