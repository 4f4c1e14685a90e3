using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with a masked model: its masks are the same in any batch, order and process.</summary>
[TestClass]
public sealed class ExtractMaskedFeaturesTests : TokenEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);

    protected override IReadOnlyList<string> OutputColumns => ["Features"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.ExtractImageGptFeatures(_model, new()
    {
        Columns = [new("Features", 1, 2)],
        BatchSize = 4,
        Masking = new TokenMasking { Probability = 0.3, Seed = 5 },
    });

    public void Dispose() => _model.Dispose();
}
