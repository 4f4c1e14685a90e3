using IGptMl.FineTuning;
using IGptMl.Numerics;

namespace IGptMl;

public sealed partial class ImageGptFineTuneTrainer
{
    /// <summary>The advanced options of <see cref="ImageGptFineTuneTrainer"/>. The defaults are the paper's, but for augmentation.</summary>
    public sealed record Options : ImageGptTrainingOptions
    {
        private const int MostEpochs = 1_000_000;

        /// <summary>The paper's settings.</summary>
        public Options()
            : base(learningRate: 0.0003, LearningRateSchedule.Constant, validationFraction: 0.1, patience: 5)
        {
        }

        /// <summary>The column of classes, a key of UInt32. Default "Label".</summary>
        public string LabelColumnName { get; init; } = "Label";

        /// <summary>The most passes over the training rows, 1 to 1,000,000; has no effect where <see cref="Steps"/> is given. Default 20.</summary>
        public int Epochs { get; init; } = 20;

        /// <summary>The most optimization steps, at least 1, in place of <see cref="Epochs"/>. Default null: as many as the epochs have.</summary>
        public long? Steps { get; init; }

        /// <summary>The weight of pretraining's loss beside that of the classes, at least 0; with 0 it is not computed. Default 1, the paper's.</summary>
        public double GenerativeWeight { get; init; } = 1;

        /// <summary>
        /// For a masked model, the number of times that it looks at an image to classify it, each time with other tokens hidden; the majority decides. 1 to
        /// 1,000.
        /// Default 5.
        /// </summary>
        public int Votes { get; init; } = MajorityVote.DefaultVotes;

        /// <summary>Receives the progress after every step, on the training thread or as the implementation sees fit. Default null.</summary>
        public IProgress<FineTuningProgress>? Progress { get; init; }

        internal ClassScorer Scorer => new(MaskProbability, Votes);

        internal void Check(ImageGptConfig config)
        {
            var guard = new OptionGuard()
                .Name(nameof(LabelColumnName), LabelColumnName)
                .Range(nameof(Epochs), Epochs, 1, MostEpochs)
                .AtLeast(nameof(Steps), Steps ?? 1, 1)
                .AtLeast(nameof(GenerativeWeight), GenerativeWeight, 0)
                .Range(nameof(Votes), Votes, 1, MaximumVotes);
            Check(guard, Steps, config.ImageSize);
            guard.ThrowIfAny("options");
        }
    }
}
