using System.Diagnostics;
using IGptMl.Caching;
using IGptMl.Features;
using IGptMl.Network;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Classification;

/// <summary>The layers of a network for a set of images: from the cache where they are there, and otherwise all that were announced in one pass.</summary>
internal sealed class ImageFeatures
{
    private const int FormatVersion = 1;

    private readonly MLContext _context;
    private readonly ImageGptModel _model;
    private readonly string _modelDigest;
    private readonly CacheFolder _cache;
    private readonly int _batchSize;
    private readonly TokenMasking? _masking;
    private readonly Dictionary<(int Layer, int Vote), FeatureMatrix> _layers = [];
    private IReadOnlyList<int> _announced = [];

    internal ImageFeatures(MLContext context, ImageGptModel model, string modelDigest, LabelledImages images, CacheFolder cache, int batchSize, double maskProbability)
    {
        _context = context;
        _model = model;
        _modelDigest = modelDigest;
        Images = images;
        _cache = cache;
        _batchSize = batchSize;
        _masking = TokenMasking.Of(model.Config, new TokenMasking { Probability = maskProbability });
    }

    internal LabelledImages Images { get; }

    /// <summary>The time that the network has run.</summary>
    internal TimeSpan Duration { get; private set; }

    /// <summary>Receives (rows done, all rows) while the network runs.</summary>
    internal Action<int, int>? Progress { get; set; }

    internal CancellationToken Cancellation { get; set; }

    /// <summary>Says which layers will be asked for, so that one pass computes them all.</summary>
    internal void Announce(IEnumerable<int> layers) => _announced = [.. _announced.Union(layers).Order()];

    /// <summary>The position-averaged features of a layer: (rows, d). Of a masked model, those under the mask of that vote.</summary>
    internal FeatureMatrix Layer(int layer, int vote = 0)
    {
        if (!_layers.TryGetValue((layer, vote), out var features))
        {
            Load([.. _announced.Append(layer).Distinct().Where(each => !_layers.ContainsKey((each, vote)))], vote);
            features = _layers[(layer, vote)];
        }

        return features;
    }

    private CacheKey KeyOf(int layer, int vote)
        => CacheKey.Of($"{Images.Role}-layer{layer}", new { FormatVersion, Model = _modelDigest, Layer = layer, Tokens = Images.TokenDigest, Masking = MaskingOf(vote) });

    private TokenMasking? MaskingOf(int vote) => _masking is null ? null : _masking with { Seed = vote };

    private void Load(IReadOnlyList<int> layers, int vote)
    {
        var missing = new List<int>();
        foreach (var layer in layers)
        {
            if (FeatureCache.TryRead(_cache, KeyOf(layer, vote), Images.Count, _model.Config.EmbeddingSize) is { } kept)
            {
                _layers.Add((layer, vote), kept);
            }
            else
            {
                missing.Add(layer);
            }
        }

        if (missing.Count > 0)
        {
            Compute(missing, vote);
            foreach (var layer in missing)
            {
                FeatureCache.TryWrite(_cache, KeyOf(layer, vote), _layers[(layer, vote)]);
            }
        }
    }

    private void Compute(IReadOnlyList<int> layers, int vote)
    {
        var clock = Stopwatch.StartNew();
        var tokens = Images.TokenView([.. Enumerable.Range(0, Images.Count)]);
        var options = new ImageGptFeatureExtractingEstimator.Options
        {
            InputColumnName = LabelledImages.Tokens,
            Columns = [.. layers.Select(layer => new ImageGptFeatureColumn($"Layer{layer}", layer))],
            BatchSize = _batchSize,
            Masking = MaskingOf(vote),
        };
        using var extractor = _context.Transforms.ExtractImageGptFeatures(_model, options).Fit(tokens);
        var view = extractor.Transform(tokens);
        var columns = options.Columns.Select(column => view.Schema[column.Name]).ToArray();
        var targets = layers.Select(_ => new FeatureMatrix(Images.Count, _model.Config.EmbeddingSize)).ToArray();
        VBuffer<float> values = default;
        using (var cursor = view.GetRowCursor(columns))
        {
            var getters = columns.Select(cursor.GetGetter<VBuffer<float>>).ToArray();
            for (var row = 0; cursor.MoveNext(); row++)
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

        for (var i = 0; i < targets.Length; i++)
        {
            _layers.Add((layers[i], vote), targets[i]);
        }

        Duration += clock.Elapsed;
    }
}
