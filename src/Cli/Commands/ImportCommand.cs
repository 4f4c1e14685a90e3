using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Commands;

/// <summary>igpt import: converts a model in any supported form to a zip like that of igpt pretrain.</summary>
internal sealed class ImportCommand : IgptCommand
{
    private readonly Argument<string> _path = new("PATH") { Description = $"The model: {ModelOptions.Forms}." };
    private readonly PaletteOptions _palette = ModelOptions.CreatePalette();
    private readonly Option<ImageCropping?> _crop = CommandOptions.Cropping(
        "How images are cropped to squares for the model [default: as in the model's files; center for OpenAI's checkpoints].",
        ImageCropping.Squash, ImageCropping.CenterCrop);
    private readonly Option<string> _out = CommandOptions.FilePath("--out",
        "The model file to write, a zip for mlContext.Model.Load. An existing file is replaced once the new one is complete.");

    internal ImportCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "import",
            "Convert a pretrained model to a zip for ML.NET, which evaluates the likelihood of images or, without a palette, of tokens.",
            "igpt import model.ckpt-1000000 --palette kmeans_centers.npy --out model.zip",
            terminal,
            verbose)
    {
        Add(_path);
        _palette.AddTo(this);
        Add(_crop);
        Add(_out.EndsIn(".zip"));
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        OutputFile.Check(path);
        var context = new MLContext(1);
        using var read = _palette.LoadModel(parsed.GetRequiredValue(_path), parsed, Terminal, cancellation);
        using var model = read.WithCropping(parsed.GetValue(_crop) ?? read.Cropping);
        cancellation.ThrowIfCancellationRequested();
        if (!model.HasHead)
        {
            Terminal.Say($"The model has no language-model head, so the zip maps images to features of layer {model.Config.Layers / 2}, not to likelihoods.");
        }

        using var chain = CreateChain(context, model);
        OutputFile.Write(path, stream => context.Model.Save(chain, null, stream));
        var result = ModelResult.Of(path, model);
        WriteResult(parsed, result, result.Facts);
        return ExitCodes.Success;
    }

    /// <summary>
    /// The chain from images, or from tokens if there is no palette, to how likely the model finds them; without a head, to the features of the layer in the
    /// middle. Fitting only uses schemas.
    /// </summary>
    private static TransformerChain<ITransformer> CreateChain(MLContext context, ImageGptModel model)
    {
        IEstimator<ITransformer> last = model.HasHead
            ? context.Transforms.CalculateImageLikelihood("NatsPerToken", TokensColumn, model)
            : context.Transforms.ExtractImageGptFeatures("Features", TokensColumn, model, model.Config.Layers / 2);
        if (model.Palette is not null)
        {
            return context.Transforms.QuantizeToPalette(TokensColumn, OpenedData.ImageColumn, model).Append(last).Fit(context.Data.LoadShapes(1));
        }

        var schema = SchemaDefinition.Create(typeof(TokenRow));
        schema[nameof(TokenRow.Tokens)].ColumnType = new VectorDataViewType(new KeyDataViewType(typeof(ushort), model.Config.Colors),
            model.Config.ContextLength);
        return new EstimatorChain<ITransformer>().Append(last).Fit(context.Data.LoadFromEnumerable<TokenRow>([], schema));
    }

    private sealed class TokenRow
    {
        public ushort[] Tokens { get; set; } = [];
    }
}
