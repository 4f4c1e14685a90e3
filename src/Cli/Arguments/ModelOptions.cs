using System.CommandLine;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of commands that run a model: --model, --palette and --palette-range, and --crop for how images are prepared.</summary>
internal sealed class ModelOptions
{
    /// <summary>The supported forms of a model, for the help.</summary>
    internal const string Forms = "a zip that igpt pretrain, igpt import or mlContext.Model.Save wrote, a checkpoint of igpt pretrain or igpt finetune "
        + "(.safetensors), a Hugging Face folder, the prefix of a TensorFlow checkpoint, or the name of a published model, such as openai/imagegpt-small";

    private readonly Option<string> _model = CreateModel();
    private readonly PaletteOptions _palette = CreatePalette();
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images are cropped to squares [default: as the model specifies].",
        ImageCropping.Squash, ImageCropping.CenterCrop);

    /// <summary>The options for a palette, which some forms of models do not contain.</summary>
    internal static PaletteOptions CreatePalette() => new("The palette, for a model without one");

    /// <summary>The option for a model.</summary>
    internal static Option<string> CreateModel() => new("--model") { Description = $"The model: {Forms}.", HelpName = "MODEL", Required = true };

    internal void AddTo(Command command)
    {
        command.Add(_model);
        _palette.AddTo(command);
        command.Add(_crop);
    }

    /// <summary>The model's name without its folder.</summary>
    internal string NameOf(ParseResult parsed) => Path.GetFileName(Path.TrimEndingDirectorySeparator(parsed.GetRequiredValue(_model)));

    /// <summary>Reads the model.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Receives messages.</param>
    /// <param name="cancellation">Cancels the download of a published model.</param>
    /// <param name="needsHead">Whether the command needs the model's predictions of tokens.</param>
    /// <exception cref="InvalidDataException">It has no palette, so images mean nothing to it, or it lacks the head that is needed.</exception>
    internal ImageGptModel Load(ParseResult parsed, Terminal terminal, CancellationToken cancellation, bool needsHead = false)
    {
        var path = parsed.GetRequiredValue(_model);
        var model = _palette.LoadModelWithPalette(path, parsed, terminal, cancellation);
        if (needsHead && !model.HasHead)
        {
            model.Dispose();
            throw new InvalidDataException($"'{path}': the model was saved without its language-model head, so it cannot predict tokens: it has no likelihood, "
                + "draws nothing and gives no report. features, probe, low-data and finetune need no head.");
        }

        if (parsed.GetValue(_crop) is not { } cropping)
        {
            return model;
        }

        using (model)
        {
            return model.WithCropping(cropping);
        }
    }
}
