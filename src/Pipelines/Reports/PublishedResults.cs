namespace IGptMl.Reports;

/// <summary>
/// Published accuracies for comparison (Chen et al. 2020, and the blog post "Image GPT"). The models are far larger and were trained on 1.2 million images
/// or more.
/// </summary>
internal static class PublishedResults
{
    /// <summary>The columns of <see cref="LinearProbe"/>.</summary>
    internal static readonly IReadOnlyList<string> LinearProbeColumns = ["CIFAR-10", "CIFAR-100", "STL-10"];

    /// <summary>Linear probes, transferred from unlabeled ImageNet; accuracy in percent.</summary>
    internal static readonly IReadOnlyList<PublishedRow> LinearProbe =
    [
        new("iGPT-L, 32x32 (1.4 billion parameters)", "96.3", "82.8", "95.5"),
        new("SimCLR (8,192 features)", "95.3", "80.2", "–"),
        new("ResNet-152, supervised on ImageNet", "94.0", "78.0", "–"),
        new("AMDIM-L", "–", "–", "94.2"),
    ];

    /// <summary>The columns of <see cref="FineTune"/>.</summary>
    internal static readonly IReadOnlyList<string> FineTuneColumns = ["CIFAR-10", "CIFAR-100"];

    /// <summary>Fine-tuned networks; accuracy in percent.</summary>
    internal static readonly IReadOnlyList<PublishedRow> FineTune =
    [
        new("iGPT-L, 32x32, fine-tuned", "99.0", "88.5"),
        new("SimCLR, fine-tuned", "98.6", "89.0"),
        new("AutoAugment", "98.5", "89.3"),
        new("GPipe", "99.0", "–"),
        new("EfficientNet", "–", "91.7"),
    ];

    /// <summary>
    /// CIFAR-10 with few labels; accuracy in percent, mean ± standard deviation. The columns are those of <see cref="LowDataExperiment.PaperBudgets"/>.
    /// </summary>
    internal static readonly IReadOnlyList<PublishedRow> LowData =
    [
        new("iGPT-L (features from ImageNet, no augmentation)", "73.2 ± 1.5", "87.6 ± 0.6", "94.3 ± 0.1"),
        new("Improved GAN", "–", "–", "81.4 ± 2.3"),
        new("Mean Teacher", "–", "67.7 ± 2.3", "90.8 ± 0.2"),
        new("MixMatch", "52.5 ± 11.5", "89.0 ± 0.9", "93.6 ± 0.1"),
        new("UDA", "71.0 ± 5.9", "91.2 ± 1.1", "95.1 ± 0.2"),
        new("FixMatch RA", "86.2 ± 3.4", "94.9 ± 0.7", "95.7 ± 0.1"),
        new("FixMatch CTA", "88.6 ± 3.4", "94.9 ± 0.3", "95.7 ± 0.2"),
    ];

    /// <summary>Generative loss of the released models, nats per token on the ImageNet test images with OpenAI's palette, at 32x32.</summary>
    internal static readonly IReadOnlyList<PublishedRow> GenerativeLoss =
    [
        new("iGPT-S (76 million parameters)", "2.0895"),
        new("iGPT-M (455 million)", "2.0614"),
        new("iGPT-L (1.4 billion)", "2.0466"),
    ];
}
