using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options that name the model of a command that runs one: --model and --palette, and how images are prepared for it: --crop.</summary>
internal sealed class ModelOptions
{
    /// <summary>What a model may be, for help.</summary>
    internal const string Forms = "a zip that igpt pretrain, igpt import or mlContext.Model.Save wrote, a checkpoint of igpt pretrain or igpt finetune "
        + "(.safetensors), a Hugging Face folder, or the prefix of a TensorFlow checkpoint";

    private readonly Option<string> _model = CommandOptions.FilePath("--model", $"The model: {Forms}.");
    private readonly Option<string?> _palette = CreatePalette();
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping("How images become squares [default: as the model says].", ImageCropping.Squash,
        ImageCropping.CenterCrop);

    /// <summary>The option for a palette, which some forms do not have.</summary>
    internal static Option<string?> CreatePalette() => new("--palette")
    {
        Description = "The colors of the model's tokens, for a model that comes without them: an npy file of float32 [colors, 3] in [-1, 1], such as "
            + "OpenAI's kmeans_centers.npy.",
        HelpName = "FILE",
    };

    /// <summary>Reads a model, with a palette if one is given.</summary>
    internal static ImageGptModel Load(string path, string? palette) => palette is null ? ImageGptModel.Load(path)
        : ImageGptModel.Load(path, Palette.Load(palette));

    internal void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_palette);
        command.Add(_crop);
    }

    /// <summary>Reads the model.</summary>
    /// <exception cref="InvalidDataException">It knows no palette, so that images mean nothing to it.</exception>
    internal ImageGptModel Load(ParseResult parsed)
    {
        var model = LoadWithPalette(parsed.GetRequiredValue(_model), parsed.GetValue(_palette));
        if (parsed.GetValue(_crop) is not { } cropping)
        {
            return model;
        }

        using (model)
        {
            return model.WithCropping(cropping);
        }
    }

    /// <summary>Reads a model that knows its palette or is given one.</summary>
    /// <exception cref="InvalidDataException">It knows none, so that images mean nothing to it.</exception>
    internal static ImageGptModel LoadWithPalette(string path, string? palette)
    {
        var model = Load(path, palette);
        if (model.Palette is not null)
        {
            return model;
        }

        model.Dispose();
        throw new InvalidDataException($"'{path}': the model knows no palette, so images cannot be quantized for it. Give one by --palette.");
    }
}
