using IGptMl.Numerics;

namespace IGptMl;

/// <content>The options.</content>
public sealed partial class EvaluationStudy
{
    /// <summary>What is evaluated.</summary>
    public sealed record Options
    {
        /// <summary>The report's title. Default "Image GPT".</summary>
        public string Title { get; init; } = "Image GPT";

        /// <summary>What the report calls the model. Default "Image GPT".</summary>
        public string ModelName { get; init; } = LowDataExperiment.ModelName;

        /// <summary>The linear probe; its cache folder serves all parts. Default: every layer, raw pixels and palette tokens.</summary>
        public LinearProbeOptions Probe { get; init; } = new();

        /// <summary>Accuracy with few labels, with the probe's settings in place of its own; null leaves it out. Default null.</summary>
        public LowDataExperiment.Options? LowData { get; init; }

        /// <summary>Models to show beside this one. Default none.</summary>
        public IReadOnlyList<ComparedModel> Others { get; init; } = [];

        /// <summary>The test images, the first ones, that the generative loss is computed of, 1 or more. Default 2,000.</summary>
        public int LikelihoodImages { get; init; } = 2000;

        /// <summary>The number of misclassified pictures to show, 0 or more. Default 24.</summary>
        public int Pictures { get; init; } = 24;

        /// <summary>The number of test images to complete, where the model can, each of another class; 0 or more. Default 8.</summary>
        public int Completions { get; init; } = 8;

        /// <summary>Fine-tuning of the whole network beside the probe; its columns are the probe's. Null leaves it out. Default null.</summary>
        public ImageGptFineTuneTrainer.Options? FineTune { get; init; }

        /// <summary>What a fine-tuning with the settings of <see cref="FineTune"/> came to that was done before, so that none is done. Default null.</summary>
        public ReportedFineTune? FineTuned { get; init; }

        /// <summary>What the model was pretrained on, where it is known: with other data than is probed, the study is one of transfer. Default null.</summary>
        public string? PretrainedOn { get; init; }

        /// <summary>More to say of the configuration, such as where the data comes from. Default nothing.</summary>
        public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

        internal void Check() => new OptionGuard()
            .Require(!string.IsNullOrWhiteSpace(Title), nameof(Title), "empty", "a title")
            .Require(!string.IsNullOrWhiteSpace(ModelName), nameof(ModelName), "empty", "a name")
            .Require(Probe is not null, nameof(Probe), null, "the probe's options")
            .Require(Others is not null, nameof(Others), null, "models")
            .Require(Facts is not null, nameof(Facts), null, "names and values")
            .AtLeast(nameof(LikelihoodImages), LikelihoodImages, 1)
            .AtLeast(nameof(Pictures), Pictures, 0)
            .AtLeast(nameof(Completions), Completions, 0)
            .ThrowIfAny("options");
    }
}
