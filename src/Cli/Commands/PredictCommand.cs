using System.CommandLine;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

namespace IGptMl.Cli.Commands;

/// <summary>igpt predict: classifies image files with a classifier from igpt probe or igpt finetune.</summary>
internal sealed class PredictCommand : IgptCommand
{
    private static readonly Activity Predicting = new("Predicting", "image");

    private readonly Option<string> _classifier = new("--classifier")
        { Description = "The classifier: a zip that igpt probe or igpt finetune wrote, or that mlContext.Model.Save wrote of a pipeline from the column "
        + "Image to PredictedClass and Score.", HelpName = "FILE", Required = true };
    private readonly Argument<string[]> _files = new("files")
        { Description = "Image files, and folders whose images are taken at any depth.", Arity = ArgumentArity.OneOrMore };

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
        using var classifier = ClassifierFile.Load(context, parsed.GetRequiredValue(_classifier));
        var data = DataSource.Files(parsed.GetRequiredValue(_files)).Open(context, null, Skipped);
        var lines = Terminal.Track(progress => Read(classifier.Predict(data.Watch(Predicting, progress, cancellation))));
        if (lines.Count == 0)
        {
            throw new InvalidDataException($"'{parsed.GetRequiredValue(_classifier)}' gives a class for none of the images.");
        }

        WriteResult(parsed, new { Predictions = lines }, CreateTable(lines));
        return ExitCodes.Success;
    }

    /// <summary>Reads the predictions one by one, so that no more images than a batch are in memory.</summary>
    private List<PredictionLine> Read(IDataView predictions)
    {
        var (name, predicted, score) = (predictions.Schema[OpenedData.NameColumn], predictions.Schema[ClassifierFile.ClassColumn],
            predictions.Schema[ClassifierFile.ScoreColumn]);
        using var cursor = predictions.GetRowCursor([name, predicted, score]);
        var (getName, getClass) = (cursor.GetGetter<ReadOnlyMemory<char>>(name), cursor.GetGetter<ReadOnlyMemory<char>>(predicted));
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        ReadOnlyMemory<char> file = default, predictedClass = default;
        VBuffer<float> scores = default;
        var lines = new List<PredictionLine>();
        while (cursor.MoveNext())
        {
            getName(ref file);
            getClass(ref predictedClass);
            getScore(ref scores);
            float[] values = [.. scores.DenseValues()];
            if (predictedClass.IsEmpty || values.Length == 0 || values.Any(float.IsNaN))
            {
                Skipped.Add($"{file}", $"'{file}' gets no class: the classifier's scores are no numbers.");
                continue;
            }

            lines.Add(new PredictionLine($"{file}", $"{predictedClass}", values.Max()));
        }

        return lines;
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
}
