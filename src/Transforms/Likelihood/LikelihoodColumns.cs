using IGptMl.Hosting;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Likelihood;

/// <summary>
/// The one description of the likelihood's columns, for the estimator's promise and the transformer's delivery; and where their numbers lie in a row.
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
