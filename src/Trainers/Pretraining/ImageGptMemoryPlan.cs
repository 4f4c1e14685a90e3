namespace IGptMl;

/// <summary>The memory that a training run needs on a device, and how its batches are divided to fit. All sizes are in bytes.</summary>
public sealed record ImageGptMemoryPlan
{
    /// <summary>The memory that is available.</summary>
    public required long Available { get; init; }

    /// <summary>The weights: 4 bytes each, and 2 more for the copy that computes in bfloat16.</summary>
    public required long Weights { get; init; }

    /// <summary>The gradients: 4 bytes each, and 2 more in bfloat16.</summary>
    public required long Gradients { get; init; }

    /// <summary>The optimizer's moments: 8 bytes a weight with Adam, 4 for a matrix that Muon updates.</summary>
    public required long OptimizerState { get; init; }

    /// <summary>What the optimizer needs for its update, when no images are in memory.</summary>
    public required long UpdateTemporary { get; init; }

    /// <summary>What the device's libraries take.</summary>
    public required long Libraries { get; init; }

    /// <summary>What the forward pass keeps of an image for the backward pass, as this plan runs it.</summary>
    public required long KeptPerImage { get; init; }

    /// <summary>What an image needs for a moment in addition: the gradients within one block, and the logits.</summary>
    public required long TemporaryPerImage { get; init; }

    /// <summary>The keys and values of an image while it is drawn or completed; not a part of <see cref="Total"/>.</summary>
    public required long KeyValueCachePerImage { get; init; }

    /// <summary>The number of images of a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The number of parts of a batch that run one after the other: <see cref="TrainingOptions.AccumulationSteps"/>.</summary>
    public required int AccumulationSteps { get; init; }

    /// <summary>Whether blocks are computed again: <see cref="ImageGptTrainingOptions.RecomputeActivations"/>.</summary>
    public required bool RecomputeActivations { get; init; }

    /// <summary>The number of images that are in memory at a time.</summary>
    public int ImagesAtOnce => BatchSize / AccumulationSteps;

    /// <summary>The memory of the run at its peak.</summary>
    public long Total => Weights + Gradients + OptimizerState + Libraries + Math.Max(UpdateTemporary, ImagesAtOnce * (KeptPerImage + TemporaryPerImage));

    /// <summary>Whether it fits.</summary>
    public bool Fits => Total <= Available;

    /// <summary>"8 parts of 16 images, 71.2 of 80.0 GB".</summary>
    public override string ToString()
    {
        const double Gigabyte = 1e9;
        var images = $"{ImagesAtOnce} image{(ImagesAtOnce == 1 ? string.Empty : "s")}";
        var parts = AccumulationSteps == 1 ? $"{images} at once" : $"{AccumulationSteps} parts of {images}";
        var again = RecomputeActivations ? ", blocks computed again" : string.Empty;
        return FormattableString.Invariant(
            $"{parts}{again}, {Total / Gigabyte:F1} of {Available / Gigabyte:F1} GB{(Fits ? string.Empty : ": it does not fit")}");
    }
}
