using System.CommandLine;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Microsoft.ML;
using Spectre.Console;

namespace IGptMl.Cli.Commands;

/// <summary>igpt predict: classifies image files with a classifier from igpt probe or igpt finetune.</summary>
internal sealed class PredictCommand : IgptCommand
{
    private readonly Option<string> _classifier = new("--classifier")
        { Description = "The classifier: a zip that igpt probe or igpt finetune wrote, or that mlContext.Model.Save wrote of a pipeline from the column Image "
        + "to PredictedClass.", HelpName = "FILE", Required = true };
    private readonly Argument<string[]> _files = new("files") { Description = "Image files.", Arity = ArgumentArity.OneOrMore };

    internal PredictCommand(Terminal terminal, Option<bool> verbose)
        : base("predict", "Predict the classes of image files.", "igpt predict --classifier classifier.zip cat.jpg dog.jpg", terminal, verbose)
    {
        Add(_classifier);
        Add(_files);
        AddCommonOptions();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var context = CreateContext(parsed);
        var path = parsed.GetRequiredValue(_classifier);
        var contents = parsed.GetRequiredValue(_files).Select(file => (File: file, Bytes: File.ReadAllBytes(file))).ToList();
        var classifier = context.Model.Load(path, out _);
        var decoder = context.Transforms.DecodeImages("Image", nameof(ImageContent.Content)).Fit(context.Data.LoadFromEnumerable<ImageContent>([]));
        using var engine = context.Model.CreatePredictionEngine<ImageContent,
            Prediction>(new Microsoft.ML.Data.TransformerChain<ITransformer>(decoder, classifier));
        var lines = new List<PredictionLine>();
        foreach (var (file, bytes) in contents)
        {
            cancellation.ThrowIfCancellationRequested();
            var prediction = engine.Predict(new ImageContent { Content = bytes });
            lines.Add(new PredictionLine(file, prediction.PredictedClass ?? string.Empty, prediction.Score.Max()));
        }

        WriteResult(parsed, new { Predictions = lines }, CreateTable(lines));
        return ExitCodes.Success;
    }

    private static Table CreateTable(List<PredictionLine> lines)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("file").AddColumn("class").AddColumn(new TableColumn("score").RightAligned());
        foreach (var line in lines)
        {
            table.AddRow(new Text(line.File), new Text(line.PredictedClass), new Text($"{line.Score:P1}"));
        }

        return table;
    }

    private sealed class ImageContent
    {
        public byte[] Content { get; set; } = [];
    }

    private sealed class Prediction
    {
        public string? PredictedClass { get; set; }

        public float[] Score { get; set; } = [];
    }
}
