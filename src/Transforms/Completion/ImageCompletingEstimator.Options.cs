using IGptMl.Inference;
using IGptMl.Numerics;

namespace IGptMl;

public sealed partial class ImageCompletingEstimator
{
    /// <summary>
    /// The advanced options of <see cref="ImageCompletingEstimator"/>. <see cref="SamplingOptions.Seeds"/> are the seeds of an image's completions, the same
    /// for every image; with <see cref="SamplingOptions.Seed"/>, each completion of each image has its own seed.
    /// </summary>
    public sealed record Options : SamplingOptions
    {
        /// <summary>The column of completed images; for several completions, this name followed by 1, 2, … Default "Completed".</summary>
        public string OutputColumnName { get; init; } = "Completed";

        /// <summary>The column of images; null means the output's name. Default "Image".</summary>
        public string? InputColumnName { get; init; } = "Image";

        /// <summary>The part of each image that is kept, in pixels of the model's size. Default <see cref="KeptRegion.TopHalf"/>, as in the paper.</summary>
        public KeptRegion KeptRegion { get; init; } = KeptRegion.TopHalf;

        /// <summary>The number of completions of each image, 1 to 1,000. Default 1.</summary>
        public int Completions { get; init; } = 1;

        /// <summary>The size of the completed images. Default <see cref="CompletionSize.Model"/>.</summary>
        public CompletionSize Size { get; init; }

        /// <summary>The column of the model's input: the kept pixels in the palette's colors, the others white; null for none. Default null.</summary>
        public string? KeptColumnName { get; init; }

        /// <summary>The maximum number of images per batch, 1 to 4,096. It does not change the results. Default 32.</summary>
        public int BatchSize { get; init; } = ImageGptExecutor.DefaultRows;

        internal string InputName => InputColumnName ?? OutputColumnName;

        /// <summary>The names of the completions' columns.</summary>
        internal IEnumerable<string> CompletedNames => Completions == 1 ? [OutputColumnName]
            : Enumerable.Range(1, Completions).Select(i => $"{OutputColumnName}{i}");

        /// <summary>A copy that does not share the caller's list.</summary>
        internal Options Frozen() => this with { Seeds = Seeds is null ? null : [.. Seeds] };

        internal void Check(ImageGptConfig config)
        {
            var guard = new OptionGuard()
                .Name(nameof(OutputColumnName), OutputColumnName)
                .Name(nameof(InputColumnName), InputName)
                .Require(KeptColumnName is null || !string.IsNullOrWhiteSpace(KeptColumnName), nameof(KeptColumnName), $"'{KeptColumnName}'",
                    "a column name, or null")
                .Require(KeptRegion is not null, nameof(KeptRegion), null, "a region")
                .Range(nameof(Completions), Completions, 1, 1000)
                .Require(Enum.IsDefined(Size), nameof(Size), Size, $"{CompletionSize.Model} or {CompletionSize.Input}")
                .Range(nameof(BatchSize), BatchSize, 1, 4096);
            KeptRegion?.Check(guard, nameof(KeptRegion), config.ImageSize);
            if (Completions is >= 1 and <= 1000)
            {
                guard.Require(!CompletedNames.Contains(KeptColumnName), nameof(KeptColumnName), $"'{KeptColumnName}'",
                    "another name than that of a completion");
            }

            Check(guard, config, Completions, nameof(Completions));
            guard.ThrowIfAny("options");
        }
    }
}
