using IGptMl.Numerics;
using Microsoft.ML;

namespace IGptMl;

/// <summary>
/// The settings of the linear probe and of the other experiments that fit classifiers to features: the representations and the classifier.
/// </summary>
public sealed record LinearProbeOptions
{
    /// <summary>The column of images. Default "Image".</summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>The column of classes, of key type. Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>The layers, 0 to L, each probed separately; null for all. Default null.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Sets of layers whose features are concatenated and probed together, as the five layers of the paper's iGPT-XL. Default none.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Concatenations { get; init; } = [];

    /// <summary>Whether raw pixels and palette tokens are probed, too. Default true.</summary>
    public bool Baselines { get; init; } = true;

    /// <summary>Whether k-means features of image patches are probed, too (Coates, Lee, Ng 2011), learned from the training images. Default false.</summary>
    public bool PatchBaseline { get; init; }

    /// <summary>The maximum number of images whose features are computed together, 1 to 4,096. Default 32.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// For a masked model, the number of masks under which each test image is classified by majority vote, 1 to 1,000. The classifier is fitted to features
    /// under the first mask. Default 5, as in the paper.
    /// </summary>
    public int Votes { get; init; } = MajorityVote.DefaultVotes;

    /// <summary>For a masked model, the probability with which each token is masked, more than 0 and less than 1. Default 0.15.</summary>
    public double MaskProbability { get; init; } = TokenMasking.DefaultProbability;

    /// <summary>The classifier. Default <see cref="ProbeClassifier.LbfgsMaximumEntropy"/>, as in the paper.</summary>
    public ProbeClassifier Classifier { get; init; } = ProbeClassifier.LbfgsMaximumEntropy;

    /// <summary>
    /// A custom classifier instead of <see cref="Classifier"/>: a function from the feature column, the label column and the L2 regularization weight to an
    /// estimator that adds "Score", one value per class, such as <c>(x, y, _) => ml.MulticlassClassification.Trainers.LightGbm(y, x)</c>. Default null.
    /// </summary>
    public Func<string, string, float, IEstimator<ITransformer>>? CustomClassifier { get; init; }

    /// <summary>Whether features are standardized to mean 0 and variance 1 over the training rows. Default true.</summary>
    public bool Standardize { get; init; } = true;

    /// <summary>
    /// The L2 regularization weights to choose from, each at least 0, relative to the loss summed over all rows. Of several, the chosen one has the highest
    /// accuracy on a tenth of the training rows, the same share of every class (with fewer than 100 rows per class: in cross-validation). The classifier is
    /// then fitted to all rows. Default 1, 30 and 1000.
    /// </summary>
    public IReadOnlyList<float> L2Regularization { get; init; } = [1, 30, 1000];

    /// <summary>The improvement of the loss at which L-BFGS stops, more than 0. Default 1e-4.</summary>
    public float OptimizationTolerance { get; init; } = 1e-4f;

    /// <summary>The maximum number of iterations, at least 1. Default 500.</summary>
    public int MaximumNumberOfIterations { get; init; } = 500;

    /// <summary>A folder where features and results are cached for later runs with the same model and data; null for no cache. Default null.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Everything in the options that the result of a classifier depends on.</summary>
    internal object ClassifierKey => new
    {
        Classifier = Classifier.ToString(),
        Votes,
        MaskProbability,
        Standardize,
        L2Regularization,
        OptimizationTolerance,
        MaximumNumberOfIterations,
    };

    internal IReadOnlyList<int> LayersOf(ImageGptConfig config) => Layers ?? [.. Enumerable.Range(0, config.Layers + 1)];

    internal void Check(ImageGptModel model)
    {
        var guard = new OptionGuard()
            .Name(nameof(ImageColumnName), ImageColumnName)
            .Name(nameof(LabelColumnName), LabelColumnName)
            .Range(nameof(BatchSize), BatchSize, 1, 4096)
            .Range(nameof(Votes), Votes, 1, 1000)
            .Require(MaskProbability is > 0 and < 1, nameof(MaskProbability), MaskProbability, "more than 0 and less than 1")
            .Require(L2Regularization is { Count: > 0 }, nameof(L2Regularization), L2Regularization is null ? null : "empty", "at least one weight")
            .Positive(nameof(OptimizationTolerance), OptimizationTolerance)
            .AtLeast(nameof(MaximumNumberOfIterations), MaximumNumberOfIterations, 1)
            .Require(Enum.IsDefined(Classifier), nameof(Classifier), Classifier, string.Join(" or ", Enum.GetNames<ProbeClassifier>()))
            .Require(CacheFolder is null || !string.IsNullOrWhiteSpace(CacheFolder), nameof(CacheFolder), "''", "a path")
            .Require(Concatenations is not null, nameof(Concatenations), null, "sets of layers")
            .Require(Layers is not { Count: 0 }, nameof(Layers), "empty", $"layers from 0 to {model.Config.Layers}");
        foreach (var weight in L2Regularization ?? [])
        {
            guard.AtLeast(nameof(L2Regularization), weight, 0);
        }

        foreach (var layer in Layers ?? [])
        {
            guard.Range(nameof(Layers), layer, 0, model.Config.Layers);
        }

        foreach (var set in Concatenations ?? [])
        {
            guard.Require(set is { Count: > 0 }, nameof(Concatenations), "empty", $"layers from 0 to {model.Config.Layers}");
            foreach (var layer in set ?? [])
            {
                guard.Range(nameof(Concatenations), layer, 0, model.Config.Layers);
            }
        }

        guard.ThrowIfAny("options");
    }
}
