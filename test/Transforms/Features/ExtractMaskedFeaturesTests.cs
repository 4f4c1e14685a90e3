using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Features;

/// <summary>The contract of ExtractImageGptFeatures with a masked model: its masks are the same in any batch, order and process.</summary>
public abstract class ExtractMaskedFeaturesTests(int headSize)
    : TokenModelContract(TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked, headSize: headSize))
{
    protected override IReadOnlyList<string> OutputColumns => ["Features"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context) => context.Transforms.ExtractImageGptFeatures(Model, new()
    {
        Columns = [new("Features", 1, 2)],
        BatchSize = 4,
        Masking = new TokenMasking { Probability = 0.3, Seed = 5 },
    });

    [TestClass]
    public sealed class HeadsOf4() : ExtractMaskedFeaturesTests(4);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf16() : ExtractMaskedFeaturesTests(16);

    [TestClass]
    public sealed class HeadsOf32() : ExtractMaskedFeaturesTests(32);

    [TestClass]
    public sealed class HeadsOf64() : ExtractMaskedFeaturesTests(64);
}
