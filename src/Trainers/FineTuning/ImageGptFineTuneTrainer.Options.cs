using IGptMl.FineTuning;
using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl;

public sealed partial class ImageGptFineTuneTrainer
{
    /// <summary>The advanced options of <see cref="ImageGptFineTuneTrainer"/>.</summary>
    public sealed record Options
    {
        /// <summary>The column of classes, a key of UInt32. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The token column. Default "Tokens".</summary>
        public string InputColumnName { get; init; } = "Tokens";

        /// <summary>The most passes over the training rows, 1 to 1,000,000. Default 20.</summary>
        public int Epochs { get; init; } = 20;

        /// <summary>The number of images a step, 1 to 65,536; no more than there are training rows. Default 128, the paper's.</summary>
        public int BatchSize { get; init; } = 128;

        /// <summary>The learning rate, more than 0 and at most 1. Default 0.0003, a tenth of iGPT-S's in pretraining; larger models need lower ones.</summary>
        public double LearningRate { get; init; } = 0.0003;

        /// <summary>The weight of pretraining's loss beside that of the classes, at least 0; with 0 it is not computed. Default 1, the paper's.</summary>
        public double GenerativeWeight { get; init; } = 1;

        /// <summary>Rows to choose the best weights on, with the same columns as the training rows; null takes a part of the training rows. Default null.</summary>
        public IDataView? ValidationSet { get; init; }

        /// <summary>The share of every class's training rows that is held out for that, 0 or more and less than 1; 0 returns the last weights. Default 0.1.</summary>
        public double ValidationFraction { get; init; } = 0.1;

        /// <summary>The number of epochs without a better validation accuracy (or an equal one with a lower loss) after which the training ends, 1 or more. Default 5.</summary>
        public int Patience { get; init; } = 5;

        /// <summary>For a masked model, the probability with which each token of an image is hidden, in training and in use, more than 0 and less than 1. Default 0.15.</summary>
        public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

        /// <summary>For a masked model, the number of times that it looks at an image to classify it, each time with other tokens hidden; the majority decides. 1 to 1,000. Default 5.</summary>
        public int Votes { get; init; } = MajorityVote.DefaultVotes;

        /// <summary>Shifts and flips of the training images, other ones in every step. Default null: none. For CIFAR the paper has <c>new()</c>; images smaller than 32x32 pixels want less padding.</summary>
        public TokenAugmentation? Augmentation { get; init; }

        /// <summary>
        /// Whether the backward pass computes each block's activations again in place of keeping those of all blocks: the same numbers with far less memory,
        /// in about a third more time. For long sequences, such as those of 48x48 and 64x64 pixels, and deep models. Default false.
        /// </summary>
        public bool RecomputeActivations { get; init; }

        /// <summary>The seed of the held-out rows, of the order of the images, of augmentation and of masks; null takes the seed of the MLContext. Default null.</summary>
        public int? Seed { get; init; }

        /// <summary>The GPU to run on; null takes <c>MLContext.GpuDeviceId</c>, whose null means the CPU. Default null.</summary>
        public int? GpuDeviceId { get; init; }

        /// <summary>Whether the CPU will do where that GPU is missing; null takes <c>MLContext.FallbackToCpu</c>. Default null.</summary>
        public bool? FallbackToCpu { get; init; }

        /// <summary>Receives the progress after every step, on the training thread or as the implementation sees fit. Default null.</summary>
        public IProgress<FineTuningProgress>? Progress { get; init; }

        /// <summary>Ends the training early; <see cref="Fit"/> then returns the best model so far, or throws where training has not begun. Default none.</summary>
        public CancellationToken CancellationToken { get; init; }

        internal ClassScorer Scorer => new(MaskProbability, Votes);

        internal void Check(ImageGptConfig config)
        {
            var guard = new OptionGuard()
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Name(nameof(InputColumnName), InputColumnName)
                .Range(nameof(Epochs), Epochs, 1, 1_000_000)
                .Range(nameof(BatchSize), BatchSize, 1, 65536)
                .Require(LearningRate is > 0 and <= 1, nameof(LearningRate), LearningRate, "more than 0 and at most 1")
                .AtLeast(nameof(GenerativeWeight), GenerativeWeight, 0)
                .Require(ValidationFraction is >= 0 and < 1, nameof(ValidationFraction), ValidationFraction, "0 or more and less than 1")
                .AtLeast(nameof(Patience), Patience, 1)
                .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1")
                .Range(nameof(Votes), Votes, 1, MaximumVotes);
            Augmentation?.Check(guard, nameof(Augmentation), config.ImageSize);
            guard.ThrowIfAny("options");
        }
    }
}
