using Microsoft.ML;
using Microsoft.ML.Data;
using Spectre.Console;

namespace IGptMl.Samples.QuickStart;

/// <summary>The upper halves of some test images, completed by the model.</summary>
internal static class Completions
{
    private const int Rows = 8, ShownRows = 3;

    private static readonly string[] Columns = ["Kept", "Completed1", "Completed2", "Completed3", "Completed4", "Original"];

    /// <summary>Writes a grid of kept halves, completions and originals, and returns its first rows for the terminal.</summary>
    internal static MLImage Draw(MLContext ml, ImageGptModel model, IDataView pictures, string path)
    {
        var images = ml.Data.TakeRows(pictures, Rows);
        var complete = ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(ml.Transforms.DecodeFromPalette("Original", "Tokens"))
            .Append(ml.Transforms.CompleteImages("Completed", "Image", model, new() { Completions = 4, Seed = 1, KeptColumnName = "Kept" }));
        using var transformer = complete.Fit(images);
        var completed = transformer.Transform(images);
        using var grid = ImageGrid.Create(completed, Columns, Rows, scale: 8, gap: 8);
        grid.Save(path);
        return ImageGrid.Create(completed, Columns, ShownRows, scale: 1, gap: 1);
    }

    /// <summary>Shows an image with two characters per pixel, if the terminal is wide enough and supports colors.</summary>
    internal static void Show(MLImage image)
    {
        if (AnsiConsole.Profile.Capabilities.ColorSystem != ColorSystem.TrueColor || AnsiConsole.Profile.Width < 2 * image.Width)
        {
            return;
        }

        var canvas = new Canvas(image.Width, image.Height);
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var pixel = image.Pixels.Slice(4 * i, 3);
            canvas.SetPixel(i % image.Width, i / image.Width, new Color(pixel[0], pixel[1], pixel[2]));
        }

        AnsiConsole.Write(canvas);
    }
}
