using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with several columns, layers in any order, and batches that do not divide the rows.</summary>
public abstract class ExtractSeveralFeatureColumnsTests(int headSize) : TokenModelContract(TinyImageGpt.CreateModel(headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["Last", "Ends", "First"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.ExtractImageGptFeatures(Model, new()
    {
        Columns = [new ImageGptFeatureColumn("Last", 2), new ImageGptFeatureColumn("Ends", 2, 0), new ImageGptFeatureColumn("First", 0)],
        BatchSize = 4,
    });

    [TestClass]
    public sealed class HeadsOf4() : ExtractSeveralFeatureColumnsTests(4);

    [TestClass]
    public sealed class HeadsOf32() : ExtractSeveralFeatureColumnsTests(32);
}
