using IGptMl.Tests.Contracts;
using Microsoft.ML;

namespace IGptMl.Tests.Completion;

/// <summary>The contract of CompleteImages at the model's size, with several completions and what was kept.</summary>
[TestClass]
public class CompleteImagesTests : ImageEstimatorContract, IDisposable
{
    private protected ImageGptModel Model { get; } = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    protected override IReadOnlyList<string> OutputColumns => ["Completed1", "Completed2", "Kept"];

    protected override bool OutputCanBeCached => false;

    protected override bool Batched => false;

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CompleteImages("Completed", "Image", Model, new() { KeptRegion = KeptRegion.Rows(2), Completions = 2, KeptColumnName = "Kept", Seed = 3, BatchSize = 4 });

    public void Dispose()
    {
        Model.Dispose();
        GC.SuppressFinalize(this);
    }
}
