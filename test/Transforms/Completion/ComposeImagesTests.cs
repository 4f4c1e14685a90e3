using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Completion;

/// <summary>The contract of CompleteImages composed into the input.</summary>
[TestClass]
public sealed class ComposeImagesTests : ImageEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    protected override IReadOnlyList<string> OutputColumns => ["Completed"];

    protected override bool OutputCanBeCached => false;

    protected override bool Batched => false;

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CompleteImages("Completed", "Image", _model, new() { Size = CompletionSize.Input, Seed = 3, BatchSize = 4 });

    public void Dispose() => _model.Dispose();
}
