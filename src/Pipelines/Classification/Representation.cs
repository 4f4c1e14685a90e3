namespace IGptMl.Classification;

/// <summary>A representation of images for a classifier: layers of the network, or a baseline without the network.</summary>
/// <param name="Name">"Layer 3", "Layers 3+4+5", or the name of a baseline.</param>
/// <param name="Layers">The layers to concatenate; empty for a baseline.</param>
internal abstract record Representation(string Name, IReadOnlyList<int> Layers)
{
    /// <summary>Computes the features of the training images, and those of the test images for each vote.</summary>
    internal abstract (FeatureMatrix Training, FeatureMatrix[] Test) Compute(ExperimentData data);

    /// <summary>The layer, if it is a single one.</summary>
    internal int? Layer => Layers is [var layer] ? layer : null;

    internal static Representation Of(params IReadOnlyList<int> layers)
        => new LayerRepresentation(layers.Count == 1 ? $"Layer {layers[0]}" : $"Layers {string.Join('+', layers)}", layers);

    /// <summary>The baselines that the options select.</summary>
    internal static IReadOnlyList<Representation> BaselinesOf(LinearProbeOptions options) =>
    [
        .. options.Baselines ? (Representation[])[new RawPixels(), new PaletteHistogram()] : [],
        .. options.PatchBaseline ? (Representation[])[new PatchRepresentation()] : [],
    ];

    private sealed record LayerRepresentation(string Name, IReadOnlyList<int> Layers) : Representation(Name, Layers)
    {
        internal override (FeatureMatrix Training, FeatureMatrix[] Test) Compute(ExperimentData data)
        {
            return (Of(data.Training, vote: 0), [.. Enumerable.Range(0, data.Votes).Select(vote => Of(data.Test, vote))]);

            FeatureMatrix Of(ImageFeatures features, int vote) => FeatureMatrix.Concatenate([.. Layers.Select(layer => features.Layer(layer, vote))]);
        }
    }

    /// <summary>The channel values, 0 to 1, at the model's resolution.</summary>
    private sealed record RawPixels() : Representation("Raw pixels", [])
    {
        internal override (FeatureMatrix Training, FeatureMatrix[] Test) Compute(ExperimentData data)
        {
            return (Of(data.Training.Images), [Of(data.Test.Images)]);

            static FeatureMatrix Of(LabeledImages images) => FeatureMatrix.Of<byte>(images.Rgb, images.Count, 1f / byte.MaxValue);
        }
    }

    /// <summary>How often each palette color occurs.</summary>
    private sealed record PaletteHistogram() : Representation("Palette tokens", [])
    {
        internal override (FeatureMatrix Training, FeatureMatrix[] Test) Compute(ExperimentData data)
        {
            return (Of(data.Training.Images), [Of(data.Test.Images)]);

            static FeatureMatrix Of(LabeledImages images) => FeatureMatrix.Create(images.Count, images.Config.Colors, (row, counts) =>
            {
                foreach (var token in images.TokensOf(row))
                {
                    counts[token]++;
                }
            });
        }
    }

    /// <summary>Activations of whitened patches for a dictionary of patches, pooled over the quarters of the image.</summary>
    private sealed record PatchRepresentation() : Representation("Patch k-means", [])
    {
        internal override (FeatureMatrix Training, FeatureMatrix[] Test) Compute(ExperimentData data)
        {
            using var dictionary = PatchDictionary.Learn(data.Training.Images);
            return (dictionary.Encode(data.Training.Images, data.Training.Cancellation), [dictionary.Encode(data.Test.Images, data.Test.Cancellation)]);
        }
    }
}
