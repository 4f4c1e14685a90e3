using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with several columns, layers in any order, and batches that do not divide the rows.</summary>
[TestClass]
public sealed class ExtractSeveralFeatureColumnsTests : TokenEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel();

    protected override IReadOnlyList<string> OutputColumns => ["Last", "Ends", "First"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.ExtractImageGptFeatures(_model, new()
    {
        Columns = [new ImageGptFeatureColumn("Last", 2), new ImageGptFeatureColumn("Ends", 2, 0), new ImageGptFeatureColumn("First", 0)],
        BatchSize = 4,
    });

    public void Dispose() => _model.Dispose();
}
