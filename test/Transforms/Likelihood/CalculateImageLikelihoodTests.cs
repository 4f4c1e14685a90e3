using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Likelihood;

/// <summary>The contract of CalculateImageLikelihood.</summary>
[TestClass]
public class CalculateImageLikelihoodTests : TokenEstimatorContract, IDisposable
{
    private protected ImageGptModel Model { get; } = TinyImageGpt.CreateModel();

    protected override IReadOnlyList<string> OutputColumns => ["NatsPerToken", "BitsPerDimension"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.CalculateImageLikelihood(Model);

    public void Dispose()
    {
        Model.Dispose();
        GC.SuppressFinalize(this);
    }
}
