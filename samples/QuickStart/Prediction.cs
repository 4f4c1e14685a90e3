using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Spectre.Console;

namespace IGptMl.Samples.QuickStart;

/// <summary>Loads the zip and predicts, as an application does. No component needs to be registered.</summary>
internal static class Prediction
{
    private const int Count = 12;

    internal static void Run(Pictures pictures, string modelPath)
    {
        var ml = new MLContext();
        var model = ml.Model.Load(modelPath, out _);
        using var engine = ml.Model.CreatePredictionEngine<Picture, PredictedPicture>(model);

        var examples = ml.Data.TakeRows(pictures.Test(ml), Count);
        VBuffer<ReadOnlyMemory<char>> names = default;
        examples.Schema["Label"].GetKeyValues(ref names);
        var table = new Table().AddColumns("Picture", "Class", "Predicted", "Probability");
        foreach (var example in ml.Data.CreateEnumerable<LabeledPicture>(examples, reuseRowObject: true))
        {
            var prediction = engine.Predict(new Picture { Image = example.Image });
            table.AddRow(example.Name!, names.GetItemOrDefault((int)example.Label - 1).ToString(), prediction.PredictedClass!, $"{prediction.Score!.Max():P0}");
        }

        AnsiConsole.Write(table);
    }

    /// <summary>The model's input.</summary>
    private class Picture
    {
        [ImageType(32, 32)]
        public MLImage? Image { get; set; }
    }

    /// <summary>A row of the data.</summary>
    private sealed class LabeledPicture : Picture
    {
        public uint Label { get; set; }

        public string? Name { get; set; }
    }

    /// <summary>The model's output.</summary>
    private sealed class PredictedPicture
    {
        public string? PredictedClass { get; set; }

        public float[]? Score { get; set; }
    }
}
