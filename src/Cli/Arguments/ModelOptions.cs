using System.CommandLine;
using IGptMl.Cli.Output;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that name the model of a command that runs one: --model, --palette and --palette-range, and how images are prepared for it: --crop.</summary>
internal sealed class ModelOptions
{
    /// <summary>What a model may be, for help.</summary>
    internal const string Forms = "a zip that igpt pretrain, igpt import or mlContext.Model.Save wrote, a checkpoint of igpt pretrain or igpt finetune "
        + "(.safetensors), a Hugging Face folder, or the prefix of a TensorFlow checkpoint";

    private readonly Option<string> _model = CommandOptions.FilePath("--model", $"The model: {Forms}.");
    private readonly PaletteOptions _palette = CreatePalette();
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images become squares [default: as the model says].", ImageCropping.Squash,
        ImageCropping.CenterCrop);

    /// <summary>The options for a palette, which some forms do not have.</summary>
    internal static PaletteOptions CreatePalette() => new("The colors of the model's tokens, for a model that comes without them");

    internal void AddTo(Command command)
    {
        command.Add(_model);
        _palette.AddTo(command);
        command.Add(_crop);
    }

    /// <summary>Reads the model.</summary>
    /// <exception cref="InvalidDataException">It knows no palette, so that images mean nothing to it.</exception>
    internal ImageGptModel Load(ParseResult parsed, Terminal terminal)
    {
        var model = _palette.LoadModelWithPalette(parsed.GetRequiredValue(_model), parsed, terminal);
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
