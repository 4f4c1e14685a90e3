using System.Globalization;
using IGptMl.Data;
using Microsoft.ML;

namespace IGptMl.Cli.Sources;

/// <summary>Where images come from, as named on the command line.</summary>
internal abstract record DataSource
{
    /// <summary>What may be written, for help and errors.</summary>
    internal const string Syntax = "shapes, shapes:COUNT, shapes:COUNT:SEED, cifar10:DIR, cifar10-test:DIR, or a folder of images";

    private const int DefaultCount = 12_000;
    private const int TrainingSeed = 1;
    private const int HeldOutSeed = 2;

    /// <summary>Reads the name of a source.</summary>
    /// <param name="text">As in <see cref="Syntax"/>.</param>
    /// <param name="heldOut">Whether the images are to be other ones than those that training gets by the same name.</param>
    /// <param name="problem">What is wrong, where nothing is returned.</param>
    internal static DataSource? Parse(string text, bool heldOut, out string problem)
    {
        problem = string.Empty;
        var parts = text.Split(':', 2);
        var rest = parts.Length == 2 ? parts[1] : null;
        switch (parts[0])
        {
            case "shapes":
                return ParseShapes(text, heldOut, out problem);
            case "cifar10" or "cifar10-test" when string.IsNullOrEmpty(rest):
                problem = $"'{text}' names no folder; expected {parts[0]}:DIR.";
                return null;
            case "cifar10" or "cifar10-test" when !Directory.Exists(rest):
                problem = $"'{text}': the folder '{rest}' does not exist.";
                return null;
            case "cifar10" or "cifar10-test":
                return new Cifar(rest!, heldOut || parts[0] == "cifar10-test" ? CifarSplit.Test : CifarSplit.Train);
            default:
                return Folder(text, out problem);
        }
    }

    /// <summary>A folder of images, whatever its name.</summary>
    internal static DataSource? Folder(string path, out string problem)
    {
        problem = Directory.Exists(path) ? string.Empty : $"'{path}' is no data source that is known, and no folder that exists; expected {Syntax}.";
        return problem.Length == 0 ? new ImageFolder(path) : null;
    }

    /// <summary>Opens the images: all, or no more than <paramref name="limit"/> of them.</summary>
    internal abstract OpenedData Open(MLContext context, int? limit);

    private static Shapes? ParseShapes(string text, bool heldOut, out string problem)
    {
        problem = string.Empty;
        var numbers = text.Split(':')[1..];
        var count = DefaultCount;
        var seed = heldOut ? HeldOutSeed : TrainingSeed;
        if (numbers.Length <= 2
            && (numbers.Length < 1 || (int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0))
            && (numbers.Length < 2 || int.TryParse(numbers[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out seed)))
        {
            return new Shapes(count, seed);
        }

        problem = $"'{text}' is no number of built-in pictures; expected shapes:COUNT or shapes:COUNT:SEED with a COUNT of 1 or more.";
        return null;
    }

    private sealed record Shapes(int Count, int Seed) : DataSource
    {
        internal override OpenedData Open(MLContext context, int? limit)
        {
            var count = Math.Min(Count, limit ?? Count);
            return new OpenedData(context.Data.LoadShapes(count, Seed), count);
        }
    }

    private sealed record Cifar(string Path, CifarSplit Split) : DataSource
    {
        internal override OpenedData Open(MLContext context, int? limit) => OpenedData.Of(context.Data.LoadCifar10(Path, Split)).Take(context, limit);
    }

    private sealed record ImageFolder(string Path) : DataSource
    {
        internal override OpenedData Open(MLContext context, int? limit) => OpenedData.Of(context.Data.LoadImageFolder(Path)).Sample(context, limit);
    }
}
