using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.LinearProbe;

/// <summary>Linear probes of masked models, which vote over several masks.</summary>
[TestClass]
public sealed class MaskedProbeTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette, PretrainingObjective.Masked);

    [TestMethod]
    public void Run_ThenFit_PredictTheSameClassesByFiveMasks()
    {
        var (training, test) = (Noise(1), Noise(2));
        LinearProbeOptions options = new() { Layers = [1], Baselines = false, L2Regularization = [1], OptimizationTolerance = 1e-6f };
        var experiment = new LinearProbeExperiment(_context, _model, options);
        var best = experiment.Run(training, test).Best;
        using var fitted = (IDisposable)experiment.Fit(training, best);
        var predicted = ((ITransformer)fitted).Transform(test).GetColumn<uint>("PredictedLabel").Select(key => (int)key - 1).ToArray();
        Assert.IsGreaterThan(55, predicted.Zip(best.PredictedClasses).Count(pair => pair.First == pair.Second));
        var single = new LinearProbeExperiment(_context, _model, options with { Votes = 1 }).Run(training, test).Best;
        CollectionAssert.AreNotEqual(best.PredictedClasses.ToArray(), single.PredictedClasses.ToArray());
    }

    [TestMethod]
    public void Run_OtherMasks_DoNotShareTheCache()
    {
        using var folder = new TemporaryFolder();
        var (training, test) = (ColoredImages.Create(24, 1), ColoredImages.Create(12, 2));
        LinearProbeOptions options = new() { Layers = [1], Baselines = false, L2Regularization = [1], CacheFolder = folder.Path };
        new LinearProbeExperiment(_context, _model, options).Run(training, test);
        Assert.AreEqual(TimeSpan.Zero, new LinearProbeExperiment(_context, _model, options).Run(training, test).FeatureDuration);
        var other = new LinearProbeExperiment(_context, _model, options with { MaskProbability = 0.3 });
        Assert.AreNotEqual(TimeSpan.Zero, other.Run(training, test).FeatureDuration);
    }

    [TestMethod]
    public void Run_FewLabels_VotesToo()
    {
        LinearProbeOptions probe = new() { Layers = [1], Baselines = false, L2Regularization = [1] };
        var result = new LowDataExperiment(_context, _model, new() { Budgets = [12], Seeds = [1], Probe = probe })
            .Run(ColoredImages.Create(24, 1), ColoredImages.Create(12, 2));
        Assert.IsGreaterThan(0.8, result.Scores.Single().Mean);
    }

    public void Dispose() => _model.Dispose();

    /// <summary>Images of random pixels with random classes, so that predictions under different masks disagree.</summary>
    private IDataView Noise(int seed)
    {
        var images = Enumerable.Range(0, 60).Select(row => ImageRows.Random(4, 4, (1000 * seed) + row)).ToArray();
        var view = new TableView(images.Length)
            .Add("Image", new ImageDataViewType(), row => images[row])
            .Add("Class", TextDataViewType.Instance, row => (row % 3 == 0 ? "cat" : "dog").AsMemory());
        return _context.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(view).Transform(view);
    }
}
