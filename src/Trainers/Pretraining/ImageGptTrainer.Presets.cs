namespace IGptMl;

public sealed partial class ImageGptTrainer
{
    public sealed partial record Options
    {
        /// <summary>
        /// iGPT-S as trained in the paper (Chen et al. 2020, section 3.3): 1,000,000 steps of 128 images, learning rate 0.003, a warm-up of one epoch, cosine
        /// decay, no weight decay, no clipping. These are the defaults.
        /// </summary>
        public static Options Small { get; } = new();

        /// <summary>iGPT-M as trained in the paper: 1,000,000 steps of 128 images, learning rate 0.003.</summary>
        public static Options Medium { get; } = new() { Model = ImageGptConfig.Medium };

        /// <summary>
        /// iGPT-L as trained in the paper: 1,000,000 steps of 128 images. The learning rate, 0.001, is from secondary sources and was not verified in the
        /// paper's table.
        /// </summary>
        public static Options Large { get; } = new() { Model = ImageGptConfig.Large, LearningRate = 0.001 };

        /// <summary>
        /// iGPT-XL as trained in the paper: 2,000,000 steps of 64 images. The learning rate, 0.0003, is from secondary sources and was not verified in the
        /// paper's table.
        /// </summary>
        public static Options ExtraLarge { get; } = new() { Model = ImageGptConfig.ExtraLarge, Steps = 2_000_000, BatchSize = 64, LearningRate = 0.0003 };

        /// <summary>For a quick trial on a CPU, about ten minutes: 5,000 steps of 16 images, Muon at 0.02 and Adam at 0.004.</summary>
        public static Options Tiny { get; } = new()
        {
            Model = ImageGptConfig.Tiny, Steps = 5_000, BatchSize = 16, Optimizer = ImageGptOptimizer.Muon, LearningRate = 0.004,
        };

        /// <summary>For an hour or two on a CPU: 10,000 steps of 16 images, Muon at 0.02 and Adam at 0.003.</summary>
        public static Options Mini { get; } = new()
        {
            Model = ImageGptConfig.Mini, Steps = 10_000, BatchSize = 16, Optimizer = ImageGptOptimizer.Muon,
        };
    }
}
