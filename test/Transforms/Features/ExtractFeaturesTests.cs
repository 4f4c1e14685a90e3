using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with one output column.</summary>
public abstract class ExtractFeaturesTests(int headSize) : TokenModelContract(TinyImageGpt.CreateModel(headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["Features"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.ExtractImageGptFeatures("Features", "Tokens", Model, 1);

    [TestClass]
    public sealed class HeadsOf4() : ExtractFeaturesTests(4);

    [TestClass]
    public sealed class HeadsOf16() : ExtractFeaturesTests(16);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf32() : ExtractFeaturesTests(32);

    [TestClass]
    public sealed class HeadsOf64() : ExtractFeaturesTests(64);
}
