using IGptMl.Numerics;

namespace IGptMl;

/// <content>The options.</content>
public sealed partial class EvaluationStudy
{
    /// <summary>The parts of the study and their settings.</summary>
    public sealed record Options
    {
        /// <summary>The report's title. Default "Image GPT".</summary>
        public string Title { get; init; } = "Image GPT";

        /// <summary>The model's name in the report. Default "Image GPT".</summary>
        public string ModelName { get; init; } = LowDataExperiment.ModelName;

        /// <summary>The linear probe. All parts use its cache folder. Default: every layer, raw pixels and palette tokens.</summary>
        public LinearProbeOptions Probe { get; init; } = new();

        /// <summary>Accuracy with few labels, with the probe's settings instead of its own; null to omit it. Default null.</summary>
        public LowDataExperiment.Options? LowData { get; init; }

        /// <summary>Models to compare with this one. Default none.</summary>
        public IReadOnlyList<ComparedModel> Others { get; init; } = [];

        /// <summary>The number of test images for the generative loss, 1 or more; the first ones are taken. Default 2,000.</summary>
        public int LikelihoodImages { get; init; } = 2000;

        /// <summary>The number of misclassified images to show, 0 or more. Default 24.</summary>
        public int Pictures { get; init; } = 24;

        /// <summary>The number of test images to complete, each of another class, if the model supports it; 0 or more. Default 8.</summary>
        public int Completions { get; init; } = 8;

        /// <summary>Fine-tuning of the whole network in addition to the probe, with the probe's columns. Null to omit it. Default null.</summary>
        public ImageGptFineTuneTrainer.Options? FineTune { get; init; }

        /// <summary>The result of an earlier fine-tuning with the settings of <see cref="FineTune"/>, to report instead of a new one. Default null.</summary>
        public FineTuneResult? FineTuned { get; init; }

        /// <summary>The data that the model was pretrained on, if known, which may differ from the probed data. Default null.</summary>
        public string? PretrainedOn { get; init; }

        /// <summary>Additional entries for the report's configuration, such as the source of the data. Default none.</summary>
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
