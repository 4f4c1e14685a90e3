using IGptMl.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace IGptMl.Classification;

/// <summary>
/// Single-layer k-means features (Coates, Lee, Ng 2011, "An analysis of single-layer networks in unsupervised feature learning"). They can be learned from
/// the same unlabeled images in a minute, without training a network, and so are a baseline that pretraining should exceed.
/// </summary>
/// <remarks>
/// Patches of 6x6 pixels (or the whole image, if smaller) are normalized in brightness and contrast, whitened (ZCA), and clustered into 256 centers by
/// k-means. An image's features are the "triangle" activations, summed over each quarter of the image: 1,024 values.
/// </remarks>
internal sealed class PatchDictionary : IDisposable
{
    private const int GreatestPatch = 6;
    private const int Centers = 256;
    private const int GreatestSample = 100_000;
    private const int PatchesAnImage = 50;
    private const int Iterations = 20;
    private const int Seed = 1;
    private const int ImagesABatch = 64;
    private static readonly Scalar ContrastFloor = 10f; // in channel values 0 to 255, as in the paper
    private static readonly Scalar WhiteningFloor = 0.1f;

    private readonly int _patch;
    private readonly Tensor _mean; // (D)
    private readonly Tensor _whitening; // (D, D)
    private readonly Tensor _centers; // (K, D)

    private PatchDictionary(int patch, Tensor mean, Tensor whitening, Tensor centers)
    {
        _patch = patch;
        _mean = mean;
        _whitening = whitening;
        _centers = centers;
    }

    /// <summary>Learns from patches of the images, without their labels.</summary>
    internal static PatchDictionary Learn(LabeledImages images)
    {
        TorchRuntime.EnsureLoaded();
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        var patch = Math.Min(GreatestPatch, images.Config.ImageSize);
        var patches = Sample(images, patch); // (N, D)
        var mean = patches.mean([0]);
        var centered = patches - mean;
        using Scalar count = patches.shape[0];
        var covariance = centered.t().matmul(centered).div(count);
        var (values, vectors) = linalg.eigh(covariance);
        var whitening = (vectors * values.add(WhiteningFloor, Scalars.One).rsqrt()).matmul(vectors.t());
        var centers = Cluster(centered.matmul(whitening));
        return new PatchDictionary(patch, mean.MoveToOuterDisposeScope(), whitening.MoveToOuterDisposeScope(), centers.MoveToOuterDisposeScope());
    }

    /// <summary>The features of images: (rows, 4 · centers).</summary>
    internal FeatureMatrix Encode(LabeledImages images, CancellationToken cancellationToken)
    {
        using var noGradients = no_grad();
        var result = new FeatureMatrix(images.Count, 4 * (int)_centers.shape[0]);
        for (var start = 0; start < images.Count; start += ImagesABatch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var count = Math.Min(ImagesABatch, images.Count - start);
            var patches = Normalize(Unfold(images, start, count)); // (B, P, D)
            var side = (long)Math.Sqrt(patches.shape[1]);
            var distances = Distances((patches - _mean).matmul(_whitening)).sqrt(); // (B, P, K)
            var activations = (distances.mean([-1], keepdim: true) - distances).relu_().transpose(1, 2).reshape(count, -1, side, side);
            var quarters = nn.functional.adaptive_avg_pool2d(activations, 2).reshape(count, -1); // (B, 4 K)
            quarters.contiguous().data<float>().CopyTo(result.Values.Slice(start * result.Width, count * result.Width));
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mean.Dispose();
        _whitening.Dispose();
        _centers.Dispose();
    }

    private static Tensor Sample(LabeledImages images, int patch)
    {
        var (size, random) = (images.Config.ImageSize, new RandomStreams(Seed).Open(RandomStream.PatchSample));
        var count = Math.Clamp(PatchesAnImage * images.Count, 2 * Centers, GreatestSample);
        var values = new float[count * patch * patch * 3];
        var target = values.AsSpan();
        for (var i = 0; i < count; i++)
        {
            var image = images.RgbOf(random.Next(images.Count));
            var (left, top) = (random.Next(size - patch + 1), random.Next(size - patch + 1));
            for (var channel = 0; channel < 3; channel++) // the channel order of unfold
            {
                for (var y = 0; y < patch; y++)
                {
                    for (var x = 0; x < patch; x++)
                    {
                        target[0] = image[(3 * (((top + y) * size) + left + x)) + channel];
                        target = target[1..];
                    }
                }
            }
        }

        return Normalize(tensor(values, [count, patch * patch * 3]));
    }

    /// <summary>Lloyd's iterations, starting with random patches. A center without patches does not move.</summary>
    private static Tensor Cluster(Tensor patches)
    {
        var order = new int[patches.shape[0]];
        new RandomStreams(Seed).Open(RandomStream.PatchCenters).Permute(order);
        var centers = patches[tensor(order[..Centers], int64)];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var nearest = (centers * centers).sum(-1).add(patches.matmul(centers.t()), Scalars.MinusTwo).argmin(-1);
            var counts = bincount(nearest, minlength: Centers).to(float32).unsqueeze(-1);
            var sums = zeros_like(centers).index_add_(0, nearest, patches, Scalars.One);
            centers = where(counts.gt(Scalars.Zero), sums / counts.clamp(Scalars.One), centers);
        }

        return centers;
    }

    /// <summary>Normalizes brightness and contrast of each patch.</summary>
    private static Tensor Normalize(Tensor patches)
    {
        var centered = patches - patches.mean([-1], keepdim: true);
        return centered * (centered * centered).mean([-1], keepdim: true).add(ContrastFloor, Scalars.One).rsqrt();
    }

    private Tensor Unfold(LabeledImages images, int start, int count)
    {
        var size = images.Config.ImageSize;
        var bytes = images.Rgb.AsSpan(start * size * size * 3, count * size * size * 3).ToArray();
        var pictures = tensor(bytes, [count, size, size, 3]).permute(0, 3, 1, 2).to(float32);
        return nn.functional.unfold(pictures, _patch).transpose(1, 2); // (B, P, D)
    }

    private Tensor Distances(Tensor patches)
    {
        var squares = (patches * patches).sum([-1], keepdim: true).add((_centers * _centers).sum([-1]), Scalars.One);
        return squares.add_(patches.matmul(_centers.t()), Scalars.MinusTwo).clamp_min_(Scalars.Zero);
    }
}
