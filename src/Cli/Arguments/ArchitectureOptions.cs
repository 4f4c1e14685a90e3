using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for the architecture to pretrain: a preset, and options that override it.</summary>
internal sealed class ArchitectureOptions
{
    private const string Autoregressive = "autoregressive";
    private const string Masked = "masked";

    private readonly Option<string> _preset = new("--preset") { HelpName = "NAME", DefaultValueFactory = _ => Arguments.Preset.Known[0].Name };
    private readonly Option<int?> _imageSize = CommandOptions.Number("--image-size",
        "Side of the square that images are resized to, in pixels, instead of the preset's.", 1, 256);
    private readonly Option<int?> _colors = CommandOptions.Number("--colors", "Colors of the palette, instead of the preset's 512.", 2, ushort.MaxValue);
    private readonly Option<int?> _embeddingSize = CommandOptions.Number("--embedding-size",
        "Width d of the network, instead of the preset's; a multiple of the heads.", 1, 65536);
    private readonly Option<int?> _layers = CommandOptions.Number("--layers", "Blocks of the network, instead of the preset's.", 1, 1024);
    private readonly Option<int?> _heads = CommandOptions.Number("--heads", "Attention heads per block, instead of the preset's.", 1, 1024);
    private readonly Option<string> _objective = new("--objective")
        { Description = "What to predict: autoregressive predicts every token from those before it, masked (BERT) predicts hidden tokens from all others.",
        HelpName = "NAME", DefaultValueFactory = _ => Autoregressive };
    private readonly Option<double?> _maskProbability = MaskOptions.CreateForTraining();

    internal void AddTo(Command command)
    {
        _preset.Description = $"The architecture and its training settings. {string.Join("; ", Arguments.Preset.Known)}.";
        _preset.AcceptOnlyFromAmong([.. Arguments.Preset.Known.Select(p => p.Name)]);
        _objective.AcceptOnlyFromAmong(Autoregressive, Masked);
        foreach (var option in new Option[] { _preset, _imageSize, _colors, _embeddingSize, _layers, _heads, _objective, _maskProbability })
        {
            command.Add(option);
        }
    }

    /// <summary>The preset.</summary>
    internal Preset Preset(ParseResult parsed) => Arguments.Preset.Known.Single(p => p.Name == parsed.GetValue(_preset));

    /// <summary>The probability with which tokens are hidden from a masked model.</summary>
    internal double MaskProbability(ParseResult parsed) => parsed.GetValue(_maskProbability) ?? TokenMasking.DefaultProbability;

    /// <summary>The architecture.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="palette">A given palette; null if the palette is learned.</param>
    /// <exception cref="UsageException">The options contradict each other.</exception>
    internal ImageGptConfig Read(ParseResult parsed, Palette? palette)
    {
        var preset = Preset(parsed).Training.Model;
        var model = preset with
        {
            ImageSize = parsed.GetValue(_imageSize) ?? preset.ImageSize,
            Colors = palette?.Count ?? parsed.GetValue(_colors) ?? preset.Colors,
            EmbeddingSize = parsed.GetValue(_embeddingSize) ?? preset.EmbeddingSize,
            Layers = parsed.GetValue(_layers) ?? preset.Layers,
            Heads = parsed.GetValue(_heads) ?? preset.Heads,
            Objective = parsed.GetValue(_objective) == Masked ? PretrainingObjective.Masked : PretrainingObjective.Autoregressive,
        };
        if (palette is not null && parsed.GetValue(_colors) is not null)
        {
            throw new UsageException("--colors is for a learned palette; the palette of --palette has a number of colors of its own.");
        }

        if (model.EmbeddingSize % model.Heads != 0)
        {
            throw new UsageException($"--embedding-size is {model.EmbeddingSize}; expected a multiple of --heads, which is {model.Heads}.");
        }

        return parsed.GetValue(_maskProbability) is null || model.Objective == PretrainingObjective.Masked
            ? model
            : throw new UsageException("--mask-probability is for --objective masked.");
    }
}
