using System.CommandLine;
using System.CommandLine.Parsing;
using IGptMl.Cli.Output;
using IGptMl.Cli.Sources;

namespace IGptMl.Cli.Arguments;

/// <summary>The options for a palette: --palette, and --palette-range for the range of its values.</summary>
/// <param name="description">The purpose of the palette, for the help.</param>
internal sealed class PaletteOptions(string description)
{
    private static readonly Dictionary<string, PaletteRange> Ranges = new(StringComparer.Ordinal)
    {
        ["-1..1"] = PaletteRange.MinusOneToOne,
        ["0..1"] = PaletteRange.ZeroToOne,
        ["0..255"] = PaletteRange.ZeroTo255,
    };

    private readonly Option<string?> _file = new("--palette")
    {
        Description = $"{description}: an npy file of values [colors, 3], such as OpenAI's kmeans_centers.npy or the output of igpt palette fit.",
        HelpName = "FILE",
    };

    private readonly Option<PaletteRange?> _range = new("--palette-range")
    {
        Description = "The range of the values in the palette's file, or in the preprocessor_config.json of a model's folder: "
            + $"{string.Join(", ", Ranges.Keys)} [default: detected; if no value is negative or above 1, 0..1 with a warning].",
        HelpName = "RANGE",
        CustomParser = ParseRange,
    };

    internal void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_range);
    }

    /// <summary>Makes --palette required.</summary>
    internal PaletteOptions Required()
    {
        _file.Required = true;
        return this;
    }

    internal bool IsGiven(CommandResult result) => result.GetResult(_file) is not null;

    /// <summary>Reads the palette; null if none is given.</summary>
    internal Palette? Load(ParseResult parsed, Terminal terminal)
        => parsed.GetValue(_file) is { } path ? Announce(Palette.Load(path, RangeOf(parsed)), path, terminal) : null;

    /// <summary>Reads a model, with the palette if one is given. A published model that is not on this machine is downloaded.</summary>
    internal ImageGptModel LoadModel(string nameOrPath, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        var path = NamedModel.Locate(nameOrPath, terminal, cancellation);
        if (Load(parsed, terminal) is { } palette)
        {
            return ImageGptModel.Load(path, palette);
        }

        var model = ImageGptModel.Load(path, RangeOf(parsed));
        Announce(model.Palette, path, terminal);
        return model;
    }

    /// <summary>Reads a model that has a palette or is given one.</summary>
    /// <exception cref="InvalidDataException">There is no palette, so the model cannot process images.</exception>
    internal ImageGptModel LoadModelWithPalette(string path, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        var model = LoadModel(path, parsed, terminal, cancellation);
        if (model.Palette is not null)
        {
            return model;
        }

        model.Dispose();
        throw new InvalidDataException($"'{path}': the model has no palette, so images cannot be quantized for it. Use --palette to give one.");
    }

    /// <summary>Warns if the range of the values was assumed.</summary>
    private static Palette? Announce(Palette? palette, string path, Terminal terminal)
    {
        if (palette?.AssumedRange is not null)
        {
            terminal.Say($"Warning: no value of the palette of '{path}' is negative or above 1, so the range 0..1 is assumed. "
                + "If that is wrong, use --palette-range -1..1; otherwise --palette-range 0..1 avoids this warning.");
        }

        return palette;
    }

    private PaletteRange RangeOf(ParseResult parsed) => parsed.GetValue(_range) ?? PaletteRange.Detect;

    private static PaletteRange? ParseRange(ArgumentResult result)
    {
        if (Ranges.TryGetValue(result.Tokens[0].Value, out var range))
        {
            return range;
        }

        result.AddError($"--palette-range is '{result.Tokens[0].Value}'; expected {string.Join(" or ", Ranges.Keys)}.");
        return null;
    }
}
