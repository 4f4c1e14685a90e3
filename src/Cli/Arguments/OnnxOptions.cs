using System.CommandLine;

namespace IGptMl.Cli.Arguments;

/// <summary>The options of igpt export for ONNX: --what, --from, --layers, --opset, --float16.</summary>
internal sealed class OnnxOptions
{
    /// <summary>The content that is a fine-tuned pipeline's rather than a model's.</summary>
    private const string Classifier = "classifier";

    private const string Tokens = "tokens";
    private const string Pixels = "pixels";

    private static readonly string[] Contents = [.. Enum.GetNames<OnnxContent>().Select(name => name.ToLowerInvariant())];

    private readonly Option<string?> _what = new("--what")
    {
        Description = "What an ONNX graph computes: features, logits, likelihood (nats), step (one step of sampling with keys and values in and out), or "
            + "classifier, for a pipeline of igpt finetune as --model [default: features].",
        HelpName = "WHAT",
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "What an ONNX graph starts from: tokens, int64 [batch, T]; or pixels, uint8 [batch, height, width, 3] of any size [default: tokens].",
        HelpName = "INPUT",
    };

    private readonly Option<LayerSelection> _layers = CommandOptions.Layers("The layers whose features an ONNX graph gives: all, or numbers such as 0,2,5.");

    private readonly Option<int?> _opset = new("--opset")
        { Description = "The version of ONNX's operators, 12 to 21 [default: 18].", HelpName = "N" };

    private readonly Option<bool> _float16 = new("--float16")
        { Description = "Store an ONNX graph's weights in half precision. Computation stays in single precision." };

    internal OnnxOptions()
    {
        _what.AcceptOnlyFromAmong([.. Contents, Classifier]);
        _from.AcceptOnlyFromAmong(Tokens, Pixels);
    }

    internal void AddTo(Command command)
    {
        command.Add(_what);
        command.Add(_from);
        command.Add(_layers);
        command.Add(_opset);
        command.Add(_float16);
    }

    /// <summary>Checks that none of these options is given for another format.</summary>
    /// <exception cref="UsageException">One is.</exception>
    internal void RefuseFor(string format, ParseResult parsed)
    {
        foreach (var option in (Option[])[_what, _from, _layers, _opset, _float16])
        {
            if (IsGiven(option, parsed))
            {
                throw new UsageException($"{option.Name} is for --format onnx; --format {format} has no such choice.");
            }
        }
    }

    /// <summary>Whether the model is a fine-tuned pipeline.</summary>
    internal bool IsClassifier(ParseResult parsed) => parsed.GetValue(_what) == Classifier;

    /// <summary>The options of the graph.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="config">The architecture of the model.</param>
    /// <exception cref="UsageException">The model does not have a layer, or only features have layers.</exception>
    internal OnnxExportOptions Of(ParseResult parsed, ImageGptConfig config)
    {
        var content = parsed.GetValue(_what) is { } what && what != Classifier ? Enum.Parse<OnnxContent>(what, ignoreCase: true) : OnnxContent.Features;
        var isGiven = IsGiven(_layers, parsed);
        if (isGiven && (content != OnnxContent.Features || IsClassifier(parsed)))
        {
            throw new UsageException($"--layers is for --what features; --what {parsed.GetValue(_what)} has no layers to choose from.");
        }

        return new OnnxExportOptions
        {
            Content = content,
            Layers = isGiven ? parsed.GetValue(_layers)!.Of(config) : null,
            FromPixels = parsed.GetValue(_from) == Pixels,
            Opset = parsed.GetValue(_opset) ?? new OnnxExportOptions().Opset,
            Float16 = parsed.GetValue(_float16),
        };
    }

    private static bool IsGiven(Option option, ParseResult parsed) => parsed.GetResult(option) is { Implicit: false };
}
