using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Pretraining;

namespace IGptMl.Cli.Commands;

/// <summary>igpt evaluate: how well a model predicts images.</summary>
internal sealed class EvaluateCommand : IgptCommand
{
    private static readonly Activity Evaluating = new("Evaluating", "image");

    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly MaskOptions _masks = new(least: 0.001);

    internal EvaluateCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "evaluate",
            "Tell how well a model predicts images: nats per token and bits per dimension, for each image with --json.",
            "igpt evaluate --model model.zip --data shapes:500:2 --json",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _data.AddTo(this);
        _masks.AddTo(this);
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed));
        using var model = _model.Load(parsed);
        var masking = _masks.Read(parsed, model);
        var quantizer = CreateQuantizer(context, model, data);
        var gpt = new ImageGptTransformer(context, model, TokensColumn, masking);
        var result = Terminal.Track(progress => EvaluationResult.Measure(gpt.Transform(quantizer.Transform(data.Watch(Evaluating, progress, cancellation)))));
        if (WantsJson(parsed))
        {
            Terminal.WriteJson(result);
        }
        else
        {
            Terminal.Write(Tables.Of(result.Summary.Facts));
        }

        return ExitCodes.Success;
    }
}
