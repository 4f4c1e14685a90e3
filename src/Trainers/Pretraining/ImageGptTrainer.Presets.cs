namespace IGptMl;

public sealed partial class ImageGptTrainer
{
    public sealed partial record Options
    {
        /// <summary>
        /// iGPT-S as the paper trains it (Chen et al. 2020, section 3.3): 1,000,000 steps of 128 images, rate 0.003, a warm-up of one epoch and half a cosine,
        /// no
        /// decay, no clipping. These are the defaults.
        /// </summary>
        public static Options Small { get; } = new();

        /// <summary>iGPT-M as the paper trains it: 1,000,000 steps of 128 images, rate 0.003.</summary>
        public static Options Medium { get; } = new() { Model = ImageGptConfig.Medium };

        /// <summary>
        /// iGPT-L as the paper trains it: 1,000,000 steps of 128 images. The rate, 0.001, is the one that is told of it; the paper's table could not be
        /// checked.
        /// </summary>
        public static Options Large { get; } = new() { Model = ImageGptConfig.Large, LearningRate = 0.001 };

        /// <summary>
        /// iGPT-XL as the paper trains it: 2,000,000 steps of 64 images. The rate, 0.0003, is the one that is told of it; the paper's table could not be
        /// checked.
        /// </summary>
        public static Options ExtraLarge { get; } = new() { Model = ImageGptConfig.ExtraLarge, Steps = 2_000_000, BatchSize = 64, LearningRate = 0.0003 };

        /// <summary>Ours for a first look on a CPU, ten minutes: 5,000 steps of 16 images, rate 0.004.</summary>
        public static Options Tiny { get; } = new() { Model = ImageGptConfig.Tiny, Steps = 5_000, BatchSize = 16, LearningRate = 0.004 };

        /// <summary>Ours for an hour or two on a CPU: 10,000 steps of 16 images, rate 0.003.</summary>
        public static Options Mini { get; } = new() { Model = ImageGptConfig.Mini, Steps = 10_000, BatchSize = 16 };
    }
}
