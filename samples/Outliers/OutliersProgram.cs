using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Samples.Outliers;

/// <summary>Finds the pictures of a folder that are unlike those of another folder, by their likelihood.</summary>
public static class OutliersProgram
{
    private const string Usage = """
        usage: dotnet run -c Release --project samples/Outliers -- NORMAL CANDIDATES PNG [MODEL]
          NORMAL       a folder of ordinary pictures, 20 or more
          CANDIDATES   a folder of pictures to look through
          PNG          the picture to write: the strangest candidates, each beside the map of what is strange in it
          MODEL        pretrained weights, instead of pretraining a small model on the ordinary pictures
        """;

    /// <summary>Runs the sample.</summary>
    /// <returns>The exit code: 0, or 1 after an error, or 2 if the arguments are wrong.</returns>
    public static int Run(string[] args, long steps = 2_000)
    {
        if (args is not [var normal, var candidates, var png, .. { Length: <= 1 } rest])
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        try
        {
            Find(new MLContext(seed: 1), normal, candidates, png, rest is [var path] ? path : null, steps);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or InvalidOperationException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return 1;
        }
    }

    private static void Find(MLContext ml, string normal, string candidates, string png, string? released, long steps)
    {
        // The model finds pictures likely that it was trained on. So what is ordinary is measured on others.
        var files = ml.Data.LoadImageFiles([normal], shuffleSeed: 1).GetColumn<string>("Name").ToList();
        var heldOut = files.Count / 4;
        if (heldOut < 5)
        {
            throw new InvalidDataException($"'{normal}' has {files.Count} pictures; expected 20 or more, of which a quarter is held out.");
        }

        using var model = released is null ? Pretrain(ml, ml.Data.LoadImageFiles(files[heldOut..]), steps) : ImageGptModel.Load(released);
        var measure = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(ml.Transforms.DecodeFromPalette("Seen", "Tokens"))
            .Append(ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model, surpriseMapColumnName: "Map"));
        var ordinary = ml.Data.LoadImageFiles(files[..heldOut]);
        using var transformer = measure.Fit(ordinary);
        var scale = Strangeness.Of([.. transformer.Transform(ordinary).GetColumn<float>("NatsPerToken")]);
        Console.WriteLine($"Ordinary: {scale.Median:F3} nats per token, a typical distance from it {scale.Spread:F3} ({heldOut} pictures)");

        var measured = transformer.Transform(ml.Data.LoadImageFiles([candidates]));
        var strangest = measured.GetColumn<string>("Name").Zip(measured.GetColumn<float>("NatsPerToken"))
            .Select(row => (Name: row.First, Nats: row.Second, Distance: scale.DistanceOf(row.Second)))
            .OrderByDescending(row => Math.Abs(row.Distance))
            .Take(10)
            .ToList();
        foreach (var (name, nats, distance) in strangest)
        {
            var verdict = Math.Abs(distance) < Strangeness.Limit ? "ordinary" : distance > 0 ? "OUTLIER: strange parts or much detail" : "OUTLIER: plain";
            Console.WriteLine($"{name}: {nats:F3} nats per token, distance {distance:+0.0;-0.0}: {verdict}");
        }

        var shown = transformer.Transform(ml.Data.LoadImageFiles([.. strangest.Select(row => row.Name)]));
        using var grid = ImageGrid.Create(shown, ["Seen", "Map"], scale: 8);
        grid.Save(png);
        Console.WriteLine($"Saved {png}");
    }

    private static ImageGptModel Pretrain(MLContext ml, IDataView images, long steps)
    {
        var config = ImageGptConfig.Tiny with { Colors = 256 };
        var quantizer = ml.Transforms.QuantizeToPalette("Tokens", "Image", config.ImageSize, config.Colors).Fit(images);
        var options = new ImageGptTrainer.Options
        {
            Model = config,
            Steps = steps,
            BatchSize = 16,
            Optimizer = ImageGptOptimizer.Muon,
            LearningRate = 0.004,
            Progress = new Progress<TrainingProgress>(p =>
            {
                if (p.Step % 100 == 0 || p.Step == p.Steps)
                {
                    Console.WriteLine($"  step {p.Step:N0} of {p.Steps:N0}: {p.MeanLoss:F3} nats per token, {p.TimeLeft:h\\:mm\\:ss} left");
                }
            }),
        };
        using var gpt = ml.ImageGeneration.Trainers.ImageGpt("Tokens", options).Fit(quantizer.Transform(images));
        return gpt.Model.WithCropping(gpt.Model.Cropping); // a handle of our own; the transformer's goes with it
    }
}
