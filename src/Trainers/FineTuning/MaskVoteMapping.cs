using IGptMl.Features;
using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace IGptMl.FineTuning;

/// <summary>Maps tokens to the scores of an ensemble: features under each mask, the classifier on each, and a majority vote per image.</summary>
internal sealed class MaskVoteMapping : BatchedMapping
{
    private const string ScoreColumn = ClassificationColumns.Score;

    private readonly ITransformer _classifier;
    private readonly MaskVoteTrainer.Options _options;
    private readonly FeatureMapping[] _extractions;

    internal MaskVoteMapping(IHost host, ImageGptModel model, ITransformer classifier, int classes, ClassValues? values, MaskVoteTrainer.Options options)
        : base(host, options.InputColumnName, options.BatchSize, model.Config.Colors, model.Config.ContextLength)
    {
        _classifier = classifier;
        _options = options;
        _extractions = [.. Enumerable.Range(0, options.Votes).Select(vote => new FeatureMapping(host, model, options.ExtractionOf(vote)))];
        Width = classes;
        Columns = ClassificationColumns.Create(classes, values);
        var score = SchemaErrors.Require(classifier.GetOutputSchema(FeatureRows.Create(options.FeatureColumnName, _extractions[0].Width, []).Schema), host,
            "score", ScoreColumn);
        var expected = new VectorDataViewType(NumberDataViewType.Single, classes);
        if (!score.Type.Equals(expected))
        {
            throw SchemaErrors.Mismatch(host, "score", ScoreColumn, expected.ToString()!, score.Type.ToString() ?? string.Empty);
        }
    }

    internal override int Width { get; }

    internal override IReadOnlyList<BatchedColumn> Columns { get; }

    internal override void Compute(ReadOnlySpan<ushort> tokens, int rows, Span<float> numbers)
    {
        var width = _extractions[0].Width;
        var features = new List<float[]>(rows * _extractions.Length); // all rows under the first mask, all rows under the second, …
        foreach (var extraction in _extractions)
        {
            var values = new float[rows * width];
            extraction.Compute(tokens, rows, values);
            features.AddRange(values.Chunk(width));
        }

        var scores = Score(FeatureRows.Create(_options.FeatureColumnName, width, features));
        for (var row = 0; row < rows; row++)
        {
            float[][] votes = [.. Enumerable.Range(0, _extractions.Length).Select(vote => scores[(vote * rows) + row])];
            MajorityVote.Of(votes, _options.Seed).CopyTo(numbers[(row * Width)..]);
        }
    }

    private List<float[]> Score(IDataView features)
    {
        var scored = _classifier.Transform(features);
        var column = scored.Schema[ScoreColumn];
        using var cursor = scored.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> score = default;
        var scores = new List<float[]>();
        while (cursor.MoveNext())
        {
            getter(ref score);
            scores.Add([.. score.DenseValues()]);
        }

        return scores;
    }
}
