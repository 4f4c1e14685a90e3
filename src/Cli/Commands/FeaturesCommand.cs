using System.CommandLine;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Microsoft.ML;

namespace IGptMl.Cli.Commands;

/// <summary>igpt features: writes the position-averaged representations of images in some layers to a file.</summary>
internal sealed class FeaturesCommand : IgptCommand
{
    private const string FeaturesColumn = "Features";

    private static readonly Activity Extracting = new("Computing features", "image");

    private readonly ModelOptions _model = new();
    private readonly DataOptions _data = new();
    private readonly MaskOptions _masks = new(least: 0);
    private readonly Option<LayerSelection> _layers = CommandOptions.Layers(
        "The layers, concatenated in this order: all, 3, or 0,2,5. Layer 0 is the input of the first block, the last layer the output of the network.");
    private readonly Option<string> _out = CommandOptions.FilePath("--out", $"The file to write; its extension determines the format. {FeatureFile.Endings}.");

    internal FeaturesCommand(Terminal terminal, Option<bool> verbose)
        : base(
            "features",
            "Write the features of images: the representations in layers of the network, averaged over the positions, as float32 [images, layers * d].",
            "igpt features --model model.zip --data photos --layers 3 --out features.npy",
            terminal,
            verbose)
    {
        _model.AddTo(this);
        _data.AddTo(this);
        Add(_layers);
        _masks.AddTo(this);
        Add(_out.EndsIn(FeatureFile.All));
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var path = parsed.GetRequiredValue(_out);
        OutputFile.Check(path);
        var context = CreateContext(parsed);
        var data = _data.Read(parsed).Open(context, _data.ReadLimit(parsed), Skipped);
        using var model = _model.Load(parsed, Terminal, cancellation);
        var layers = parsed.GetRequiredValue(_layers).Of(model.Config);
        var features = new ImageGptFeatureExtractingEstimator.Options
            { InputColumnName = TokensColumn, Columns = [new ImageGptFeatureColumn(FeaturesColumn, layers)], Masking = _masks.Read(parsed, model) };
        var quantizer = CreateQuantizer(context, model, data);
        using var extractor = context.Transforms.ExtractImageGptFeatures(model, features).Fit(quantizer.Transform(data.View));
        Terminal.Track(progress =>
        {
            var rows = extractor.Transform(quantizer.Transform(data.Watch(Extracting, progress, cancellation)));
            OutputFile.Write(path, stream => FeatureFile.Write(context, path, stream, rows, FeaturesColumn));
            return path;
        });

        var result = new FeaturesResult(path, data.ReadCount, layers, layers.Count * model.Config.EmbeddingSize);
        WriteResult(parsed, result, [("file", path), ("images", $"{result.Images:N0}"), ("layers", string.Join(", ", layers)),
            ("features per image", $"{result.Features:N0}")]);
        return ExitCodes.Success;
    }
}
