using System.Globalization;
using System.Text;
using IGptMl.Cli.Help;
using IGptMl.Cli.Output;
using Microsoft.ML;

namespace IGptMl.Cli.Sources;

/// <summary>Where images come from, as named on the command line.</summary>
internal abstract record DataSource
{
    /// <summary>The syntax of data sources, for help and errors.</summary>
    internal const string Syntax = "shapes, shapes:COUNT, shapes:COUNT:SEED, cifar10:DIR, cifar10-test:DIR, cifar100:DIR (also cifar100-test, -coarse, "
        + "-coarse-test), stl10:DIR (also stl10-test, -unlabeled, -fold1 to -fold10), csv:FILE with columns path and label, an image file, a folder of "
        + "images, readable:DIR for a folder whose unreadable files are expected, or tokens:FILE, an npy file of tokens of 512 colors (for pretrain, "
        + "evaluate and features). Without :DIR, data sets are read from where igpt data get puts them";

    /// <summary>How the second line of an error begins, which says what is expected.</summary>
    internal const string Expected = "Expected a folder of images, an image file, shapes, cifar10:DIR, stl10:DIR, csv:FILE, tokens:FILE or the like.";

    private const int MostNeighbors = 1000;

    private const int DefaultCount = 12_000;
    private const int TrainingSeed = 1;
    private const int HeldOutSeed = 2;

    /// <summary>The encoding of a list of images; null for UTF-8, or as a byte order mark says.</summary>
    private Encoding? ListEncoding { get; init; }

    /// <summary>The names of sources that are no folders or files.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["shapes", .. PublishedSource.Names];

    /// <summary>Parses a source.</summary>
    /// <param name="text">As in <see cref="Syntax"/>.</param>
    /// <param name="heldOut">Whether to select the held-out images of the source, as opposed to the training images of the same name.</param>
    /// <param name="problem">The error message if null is returned.</param>
    internal static DataSource? Parse(string text, bool heldOut, out string problem)
    {
        problem = string.Empty;
        var parts = text.Split(':', 2);
        var rest = parts.Length == 2 ? parts[1] : null;
        if (PublishedSource.Find(parts[0]) is { } published)
        {
            return published.Locate(text, rest, out problem) is { } folder ? new Published(published, folder, heldOut) : null;
        }

        return (parts[0], rest) switch
        {
            ("shapes", _) => ParseShapes(text, heldOut, out problem),
            ("csv", { } file) => IsFile(text, file, out problem) ? new ImageListFile(file) : null,
            ("tokens", { } file) => IsFile(text, file, out problem) ? new TokenArray(file) : null,
            ("readable", { } folder) => Folder(folder, out problem) is null ? null : new ImageFolder(folder, UnreadableImages.Skip),
            _ when File.Exists(text) => OfFile(text, out problem),
            _ => Folder(text, out problem),
        };
    }

    /// <summary>A folder of images, even if its name looks like another source.</summary>
    internal static DataSource? Folder(string path, out string problem)
    {
        problem = Directory.Exists(path) ? string.Empty : $"'{path}' is neither a known data source nor an existing folder."
            + $"{Suggestion.Of(path, Names.Concat(NeighborsOf(path)))}\n{Expected}";
        return problem.Length == 0 ? new ImageFolder(path, UnreadableImages.Refuse) : null;
    }

    /// <summary>The folders beside one that does not exist, as its path would name them.</summary>
    private static IEnumerable<string> NeighborsOf(string path)
    {
        var folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        try
        {
            return path.Length == 0 ? [] : [.. new DirectoryInfo(string.IsNullOrEmpty(folder) ? "." : folder).EnumerateDirectories()
                .Take(MostNeighbors)
                .Select(each => string.IsNullOrEmpty(folder) ? each.Name : Path.Combine(folder, each.Name))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>Image files and folders of images, without labels.</summary>
    internal static DataSource Files(IReadOnlyList<string> paths) => new ImageFiles(paths);

    /// <summary>The same source, whose list of images, if it is one, is in the encoding.</summary>
    internal DataSource In(Encoding? encoding) => this with { ListEncoding = encoding };

    /// <summary>Opens the images: all, or at most <paramref name="limit"/> of them.</summary>
    /// <param name="context">The context.</param>
    /// <param name="limit">The most images; null for all.</param>
    /// <param name="skipped">Is told of image files that cannot be read, when a pass reaches them.</param>
    internal OpenedData Open(MLContext context, int? limit, SkippedImages skipped)
    {
        var data = Open(context, limit);
        return HasFiles ? data.Readable(skipped) : data;
    }

    /// <summary>Whether every image is a file of its own, of which some may be unreadable.</summary>
    private protected virtual bool HasFiles => false;

    private protected abstract OpenedData Open(MLContext context, int? limit);

    /// <summary>A file that is named without saying what it is: an image, unless its ending says another thing.</summary>
    private static ImageFiles? OfFile(string path, out string problem)
    {
        problem = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".tab" => $"'{path}' is a list, not an image; expected csv:{path}.",
            ".npy" => $"'{path}' is an array, not an image; expected tokens:{path}.",
            _ => string.Empty,
        };
        return problem.Length == 0 ? new ImageFiles([path]) : null;
    }

    private static bool IsFile(string text, string path, out string problem)
    {
        problem = File.Exists(path) ? string.Empty : $"'{text}': the file '{path}' does not exist.";
        return problem.Length == 0;
    }

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

        problem = $"'{text}' is not a number of built-in images; expected shapes:COUNT or shapes:COUNT:SEED with a COUNT of 1 or more.";
        return null;
    }

    private sealed record Shapes(int Count, int Seed) : DataSource
    {
        private protected override OpenedData Open(MLContext context, int? limit)
        {
            var count = Math.Min(Count, limit ?? Count);
            return new OpenedData(context.Data, context.Data.LoadShapes(count, Seed), count);
        }
    }

    private sealed record Published(PublishedSource Source, string Path, bool HeldOut) : DataSource
    {
        private protected override OpenedData Open(MLContext context, int? limit)
            => OpenedData.Of(context.Data, Source.Load(context.Data, Path, HeldOut)).Take(limit);
    }

    private sealed record ImageFiles(IReadOnlyList<string> Paths) : DataSource
    {
        private protected override bool HasFiles => true;

        private protected override OpenedData Open(MLContext context, int? limit)
            => OpenedData.Of(context.Data, context.Data.LoadImageFiles(Paths)).Sample(limit);
    }

    private sealed record ImageFolder(string Path, UnreadableImages Unreadable) : DataSource
    {
        private protected override bool HasFiles => Unreadable == UnreadableImages.Refuse;

        private protected override OpenedData Open(MLContext context, int? limit)
            => OpenedData.Of(context.Data, context.Data.LoadImageFolder(Path, Unreadable)).Sample(limit);
    }

    private sealed record ImageListFile(string Path) : DataSource
    {
        private protected override bool HasFiles => true;

        private protected override OpenedData Open(MLContext context, int? limit)
        {
            var options = new ImageListOptions { ChecksFiles = false, Encoding = ListEncoding };
            return OpenedData.Of(context.Data, context.Data.LoadImageList(Path, options)).Sample(limit);
        }
    }

    /// <summary>OpenAI's files are named in pairs, cifar10_trX.npy and cifar10_trY.npy.</summary>
    private sealed record TokenArray(string Path) : DataSource
    {
        private const string TokensEnding = "X.npy";
        private const string LabelsEnding = "Y.npy";

        private protected override OpenedData Open(MLContext context, int? limit)
        {
            var labels = Path.EndsWith(TokensEnding, StringComparison.Ordinal) ? $"{Path[..^TokensEnding.Length]}{LabelsEnding}" : null;
            return OpenedData.Of(context.Data, context.Data.LoadTokenArray(Path, File.Exists(labels) ? labels : null)).Take(limit);
        }
    }
}
