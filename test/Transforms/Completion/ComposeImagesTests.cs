using Microsoft.ML;

namespace IGptMl.Tests.Completion;

/// <summary>The contract of CompleteImages composed into the input.</summary>
[TestClass]
public sealed class ComposeImagesTests : CompleteImagesTests
{
    protected override IReadOnlyList<string> OutputColumns => ["Completed"];

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CompleteImages("Completed", "Image", Model, new() { Size = CompletionSize.Input, Seed = 3, BatchSize = 4 });
}
