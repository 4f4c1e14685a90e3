using System.Drawing;
using IGptMl.Numerics;

namespace IGptMl;

public sealed partial class ImageCompletingEstimator
{
    /// <summary>
    /// The advanced options of <see cref="ImageCompletingEstimator"/>. What is kept is said in one of three ways, in pixels of the model's own size; by default it is the upper half, as in
    /// the paper. <see cref="SamplingOptions.Seeds"/> are those of an image's completions, the same for every image; with <see cref="SamplingOptions.Seed"/>, each completion of each image has
    /// one of its own.
    /// </summary>
    public sealed record Options : SamplingOptions
    {
        /// <summary>The column of completed images; of several completions, this name followed by 1, 2, … Default "Completed".</summary>
        public string OutputColumnName { get; init; } = "Completed";

        /// <summary>The column of images; null means the name of the output. Default "Image".</summary>
        public string? InputColumnName { get; init; } = "Image";

        /// <summary>The number of rows of pixels that are kept, from the top, 0 to the model's <see cref="ImageGptConfig.ImageSize"/>. Default null: half of them, unless another part is given.</summary>
        public int? KeepRows { get; init; }

        /// <summary>The rows of pixels that are kept, each from 0 to the model's <see cref="ImageGptConfig.ImageSize"/> - 1. Default null.</summary>
        public IReadOnlyList<int>? KeepRowNumbers { get; init; }

        /// <summary>The rectangle of pixels that is kept, not empty and inside the model's square. Default null.</summary>
        public Rectangle? KeepRectangle { get; init; }

        /// <summary>The number of completions of each image, 1 to 1,000. Default 1.</summary>
        public int Completions { get; init; } = 1;

        /// <summary>The size of the completed images. Default <see cref="CompletionSize.Model"/>.</summary>
        public CompletionSize Size { get; init; }

        /// <summary>A column for what the model was shown: the kept pixels in its palette's colors, the others white; null for none. Default null.</summary>
        public string? KeptColumnName { get; init; }

        /// <summary>The greatest number of images that are completed together, 1 to 4,096. Default 32. It does not change the pictures.</summary>
        public int BatchSize { get; init; } = 32;

        internal string InputName => InputColumnName ?? OutputColumnName;

        /// <summary>The names of the completions' columns.</summary>
        internal IEnumerable<string> CompletedNames => Completions == 1 ? [OutputColumnName] : Enumerable.Range(1, Completions).Select(i => $"{OutputColumnName}{i}");

        /// <summary>A copy that no caller's list can change.</summary>
        internal Options Frozen() => this with { Seeds = Seeds is null ? null : [.. Seeds], KeepRowNumbers = KeepRowNumbers is null ? null : [.. KeepRowNumbers] };

        /// <summary>Whether each position's token is kept: (T).</summary>
        internal bool[] Kept(int size)
        {
            var rectangle = KeepRectangle ?? new Rectangle(0, 0, size, KeepRowNumbers is null ? KeepRows ?? size / 2 : 0);
            var rows = (KeepRowNumbers ?? []).ToHashSet();
            return [.. Enumerable.Range(0, size * size).Select(i => rows.Contains(i / size) || rectangle.Contains(i % size, i / size))];
        }

        internal void Check(ImageGptConfig config)
        {
            var (size, last) = (config.ImageSize, config.ImageSize - 1);
            var square = new Rectangle(0, 0, size, size);
            var guard = new OptionGuard()
                .Name(nameof(OutputColumnName), OutputColumnName)
                .Name(nameof(InputColumnName), InputName)
                .Require(KeptColumnName is null || !string.IsNullOrWhiteSpace(KeptColumnName), nameof(KeptColumnName), $"'{KeptColumnName}'", "a column name, or null")
                .Require(KeepRows is null or >= 0 && !(KeepRows > size), nameof(KeepRows), KeepRows, $"0 to {size}, the height of the model's images")
                .Require(KeepRectangle is not { } part || (part.Width > 0 && part.Height > 0 && square.Contains(part)), nameof(KeepRectangle), KeepRectangle, $"a rectangle inside the model's images of {size}x{size} pixels")
                .Require((KeepRows is null ? 0 : 1) + (KeepRowNumbers is null ? 0 : 1) + (KeepRectangle is null ? 0 : 1) <= 1, "what is kept", "given twice", $"one of {nameof(KeepRows)}, {nameof(KeepRowNumbers)} and {nameof(KeepRectangle)}")
                .Range(nameof(Completions), Completions, 1, 1000)
                .Require(Enum.IsDefined(Size), nameof(Size), Size, $"{CompletionSize.Model} or {CompletionSize.Input}")
                .Range(nameof(BatchSize), BatchSize, 1, 4096);
            foreach (var row in KeepRowNumbers ?? [])
            {
                guard.Require(row >= 0 && row <= last, nameof(KeepRowNumbers), row, $"0 to {last}, the rows of the model's images");
            }

            if (Completions is >= 1 and <= 1000)
            {
                guard.Require(!CompletedNames.Contains(KeptColumnName), nameof(KeptColumnName), $"'{KeptColumnName}'", "another name than that of a completion");
            }

            Check(guard, config, Completions, nameof(Completions));
            guard.ThrowIfAny("options");
        }
    }
}
