using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with one output column.</summary>
[TestClass]
public sealed class ExtractFeaturesTests : TokenEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel();

    protected override IReadOnlyList<string> OutputColumns => ["Features"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.ExtractImageGptFeatures("Features", "Tokens", _model, 1);

    public void Dispose() => _model.Dispose();
}
