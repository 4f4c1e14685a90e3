using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Likelihood;

/// <summary>
/// The likelihood's columns, from which the schemas of both the estimator and the transformer come, and the offsets of their values in a row.
/// </summary>
internal static class LikelihoodColumns
{
    internal const string NatsPerToken = "NatsPerToken";
    internal const string BitsPerDimension = "BitsPerDimension";

    internal const int Nats = 0;
    internal const int Bits = 1;
    internal const int FirstToken = 2;

    internal static IReadOnlyList<BatchedColumn> Create(ImageGptConfig config, ImageLikelihoodEstimator.Options options)
    {
        List<BatchedColumn> columns = [BatchedColumn.Scalar(options.NatsPerTokenColumnName, Nats),
            BatchedColumn.Scalar(options.BitsPerDimensionColumnName, Bits)];
        if (options.TokenNatsColumnName is { } tokens)
        {
            var definition = new DataViewSchema.DetachedColumn(tokens,
                new VectorDataViewType(NumberDataViewType.Single, config.ImageSize, config.ImageSize), null);
            columns.Add(BatchedColumn.Vector(definition, FirstToken, config.ContextLength));
        }

        if (options.SurpriseMapColumnName is { } map)
        {
            columns.Add(new SurpriseMapColumn(map, config.ImageSize, FirstToken, options.SurpriseRange ?? Math.Log(config.Colors)));
        }

        return columns;
    }
}
