using IGptMl.FineTuning;
using IGptMl.Numerics;

namespace IGptMl;

public sealed partial class ImageGptFineTuneTrainer
{
    /// <summary>The advanced options of <see cref="ImageGptFineTuneTrainer"/>. The defaults are the paper's, except for augmentation.</summary>
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

        /// <summary>The maximum number of epochs, 1 to 1,000,000; has no effect if <see cref="Steps"/> is set. Default 20.</summary>
        public int Epochs { get; init; } = 20;

        /// <summary>The maximum number of optimization steps, at least 1, instead of <see cref="Epochs"/>. Default null: determined by the epochs.</summary>
        public long? Steps { get; init; }

        /// <summary>
        /// The weight of the pretraining loss relative to the classification loss, at least 0; with 0 it is not computed. For a model without a
        /// language-model head, a head is learned from zero. Default 1, as in the paper.
        /// </summary>
        public double GenerativeWeight { get; init; } = 1;

        /// <summary>For a masked model, the number of masks under which an image is classified; the result is a majority vote. 1 to 1,000. Default 5.</summary>
        public int Votes { get; init; } = MajorityVote.DefaultVotes;

        /// <summary>Receives the progress after every step; the implementation decides the thread (the training thread by default). Default null.</summary>
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
