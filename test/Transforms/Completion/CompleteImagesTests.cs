using IGptMl.Tests.Contracts;
using IGptMl.Tests.Processes;
using Microsoft.ML;

namespace IGptMl.Tests.Completion;

/// <summary>The contract of CompleteImages at the model's size, with several completions and the kept part.</summary>
public abstract class CompleteImagesTests(int headSize) : ImageEstimatorContract, IDisposable
{
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette, headSize: headSize);

    protected override IReadOnlyList<string> OutputColumns => ["Completed1", "Completed2", "Kept"];

    protected override bool OutputCanBeCached => false;

    protected override bool Batched => false;

    protected override IEstimator<ITransformer> CreateEstimator(MLContext context)
        => context.Transforms.CompleteImages("Completed", "Image", _model, new()
        {
            KeptRegion = KeptRegion.Rows(2),
            Completions = 2,
            KeptColumnName = "Kept",
            Seed = 3,
            BatchSize = 4,
        });

    public void Dispose()
    {
        _model.Dispose();
        GC.SuppressFinalize(this);
    }

    [TestClass]
    public sealed class HeadsOf4() : CompleteImagesTests(4);

    [TestClass]
    public sealed class HeadsOf16() : CompleteImagesTests(16);

    [TestClass]
    [EveryRegisterWidth]
    public sealed class HeadsOf32() : CompleteImagesTests(32);

    [TestClass]
    public sealed class HeadsOf64() : CompleteImagesTests(64);
}
