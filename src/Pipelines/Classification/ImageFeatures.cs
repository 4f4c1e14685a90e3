using System.Diagnostics;
using IGptMl.Caching;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Classification;

/// <summary>A network's layers for a set of images, from the cache if possible. Otherwise all announced layers are computed in one pass.</summary>
internal sealed class ImageFeatures
{
    private const int FormatVersion = 2;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly string _modelDigest;
    private readonly CacheFolder _cache;
    private readonly int _batchSize;
    private readonly TokenMasking? _masking;
    private readonly Dictionary<(int Layer, int Vote), FeatureMatrix> _layers = [];
    private IReadOnlyList<int> _announced = [];

    internal ImageFeatures(
        MLContext context,
        ImageGptModel model,
        string modelDigest,
        LabeledImages images,
        CacheFolder cache,
        int batchSize,
        double maskProbability)
    {
        _context = context;
        _model = model;
        _modelDigest = modelDigest;
        Images = images;
        _cache = cache;
        _batchSize = batchSize;
        _masking = TokenMasking.Of(model.Config, new TokenMasking { Probability = maskProbability });
    }

    internal LabeledImages Images { get; }

    /// <summary>The time spent in the network.</summary>
    internal TimeSpan Duration { get; private set; }

    /// <summary>Receives (rows done, all rows) while the network runs.</summary>
    internal Action<int, int>? Progress { get; set; }

    internal CancellationToken Cancellation { get; set; }

    /// <summary>Announces layers that will be read, so that one pass computes them all.</summary>
    internal void Announce(IEnumerable<int> layers) => _announced = [.. _announced.Union(layers).Order()];

    /// <summary>The position-averaged features of a layer: (rows, d). For a masked model, they are computed under the mask of that vote.</summary>
    internal FeatureMatrix Layer(int layer, int vote = 0)
    {
        if (!_layers.TryGetValue((layer, vote), out var features))
        {
            Load([.. _announced.Append(layer).Distinct().Where(each => !_layers.ContainsKey((each, vote)))], vote);
            features = _layers[(layer, vote)];
        }

        return features;
    }

    /// <summary>The number of images per cache file. An interrupted run loses at most the features of these.</summary>
    internal int PartRows { get; init; } = 2048;

    private CacheKey KeyOf(int layer, int vote, Range part)
    {
        var parts = new { FormatVersion, Model = _modelDigest, Layer = layer, Tokens = Images.TokenDigestOf(part), Masking = MaskingOf(vote) };
        return CacheKey.Of($"layer{layer}", parts);
    }

    private TokenMasking? MaskingOf(int vote) => _masking is null ? null : _masking with { Seed = vote };

    private void Load(IReadOnlyList<int> layers, int vote)
    {
        var all = layers.ToDictionary(layer => layer, _ => new FeatureMatrix(Images.Count, _model.Config.EmbeddingSize));
        for (var first = 0; first < Images.Count; first += PartRows)
        {
            var part = first..Math.Min(first + PartRows, Images.Count);
            var missing = layers.Where(layer => !TryRead(all[layer], layer, vote, part)).ToArray();
            if (missing.Length > 0)
            {
                Compute([.. missing.Select(layer => all[layer])], missing, vote, part);
                foreach (var layer in missing)
                {
                    FeatureCache.TryWrite(_cache, KeyOf(layer, vote, part), all[layer].Part(part), all[layer].Width);
                }
            }
        }

        foreach (var (layer, features) in all)
        {
            _layers.Add((layer, vote), features);
        }
    }

    private bool TryRead(FeatureMatrix target, int layer, int vote, Range part)
    {
        var (_, rows) = part.GetOffsetAndLength(Images.Count);
        if (FeatureCache.TryRead(_cache, KeyOf(layer, vote, part), rows, target.Width) is not { } kept)
        {
            return false;
        }

        kept.CopyTo(target.Part(part));
        return true;
    }

    private void Compute(FeatureMatrix[] targets, IReadOnlyList<int> layers, int vote, Range part)
    {
        var clock = Stopwatch.StartNew();
        var (first, rows) = part.GetOffsetAndLength(Images.Count);
        var tokens = Images.TokenView([.. Enumerable.Range(first, rows)]);
        var options = new ImageGptFeatureExtractingEstimator.Options
        {
            InputColumnName = LabeledImages.Tokens,
            Columns = [.. layers.Select(layer => new ImageGptFeatureColumn($"Layer{layer}", layer))],
            BatchSize = _batchSize,
            Masking = MaskingOf(vote),
        };
        using var extractor = _context.Transforms.ExtractImageGptFeatures(_model, options).Fit(tokens);
        var view = extractor.Transform(tokens);
        var columns = options.Columns.Select(column => view.Schema[column.Name]).ToArray();
        VBuffer<float> values = default;
        using (var cursor = view.GetRowCursor(columns))
        {
            var getters = columns.Select(cursor.GetGetter<VBuffer<float>>).ToArray();
            for (var row = first; cursor.MoveNext(); row++)
            {
                Cancellation.ThrowIfCancellationRequested();
                for (var i = 0; i < getters.Length; i++)
                {
                    getters[i](ref values);
                    values.CopyTo(targets[i][row]);
                }

                Progress?.Invoke(row + 1, Images.Count);
            }
        }

        Duration += clock.Elapsed;
    }
}
