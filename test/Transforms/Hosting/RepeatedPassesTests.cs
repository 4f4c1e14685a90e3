using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Tests.Hosting;

/// <summary>A trainer that reads features in many passes should get them from a cache.</summary>
[TestClass]
public sealed class RepeatedPassesTests
{
    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(true, 0)]
    public void Fit_OfATrainerWithManyPasses_WarnsOnceUnlessThereIsACache(bool caches, int expected)
    {
        var context = new MLContext(seed: 1);
        var warnings = new List<string>();
        context.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning && e.RawMessage.Contains("every pass", StringComparison.Ordinal))
            {
                lock (warnings)
                {
                    warnings.Add(e.RawMessage);
                }
            }
        };
        using var model = TinyImageGpt.CreateModel();
        IEstimator<ITransformer> features = context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1);
        var chain = new Microsoft.ML.Data.EstimatorChain<ITransformer>().Append(features);
        var pipeline = (caches ? chain.AppendCacheCheckpoint(context) : chain).Append(context.MulticlassClassification.Trainers.SdcaMaximumEntropy());
        using var fitted = pipeline.Fit(TokenRows.Create());
        Assert.HasCount(expected, warnings);
        if (expected > 0)
        {
            StringAssert.Contains(warnings[0], "'Features'; this is pass 4. To run it once, append AppendCacheCheckpoint(mlContext)");
        }
    }
}
