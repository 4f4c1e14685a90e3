using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.LinearProbe;
using Microsoft.ML;

namespace IGptMl.Tests.Classification;

/// <summary>Classifiers, concatenations, caches, and data that cannot be probed.</summary>
[TestClass]
public sealed class LinearProbeOptionsTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    [DataRow(ProbeClassifier.LbfgsMaximumEntropy, true)]
    [DataRow(ProbeClassifier.LbfgsMaximumEntropy, false)]
    [DataRow(ProbeClassifier.SdcaMaximumEntropy, true)]
    [DataRow(ProbeClassifier.FastTree, true)]
    public void Run_AnyClassifier_TellsColorsApart(ProbeClassifier classifier, bool standardize)
    {
        var result = Probe(new() { Layers = [1], Baselines = false, Classifier = classifier, Standardize = standardize, L2Regularization = [0.1f] }, rows: 60);
        Assert.AreEqual(1, result.Best.Accuracy, 0.05);
    }

    [TestMethod]
    public void Run_CustomClassifier_IsUsed()
    {
        var weights = new List<float>();
        var result = Probe(new()
        {
            Layers = [1],
            Baselines = false,
            L2Regularization = [7],
            CustomClassifier = (features, label, l2) =>
            {
                weights.Add(l2);
                return _context.MulticlassClassification.Trainers.NaiveBayes(label, features);
            },
        });
        CollectionAssert.AreEqual((float[])[7], weights);
        Assert.HasCount(24, result.Best.PredictedClasses);
    }

    [TestMethod]
    public void Run_SdcaAndLbfgs_MinimizeTheSameLoss()
    {
        LinearProbeOptions options = new()
        {
            Layers = [1], Baselines = false, L2Regularization = [20], OptimizationTolerance = 1e-6f, MaximumNumberOfIterations = 2000,
        };
        var (training, test) = (ColoredImages.Create(90, 1, classes: 6), ColoredImages.Create(90, 2, classes: 6)); // classes c and c + 3 look alike
        var accuracies = ((ProbeClassifier[])[ProbeClassifier.LbfgsMaximumEntropy, ProbeClassifier.SdcaMaximumEntropy])
            .Select(classifier => new LinearProbeExperiment(_context, _model, options with { Classifier = classifier }))
            .Select(probe => probe.Run(training, test).Best.PredictedClasses.ToArray())
            .ToArray();
        Assert.IsGreaterThan(85, accuracies[0].Zip(accuracies[1]).Count(pair => pair.First % 3 == pair.Second % 3));
    }

    [TestMethod]
    public void Run_Concatenation_HasTheFeaturesOfItsLayers()
    {
        var result = Probe(new() { Layers = [0], Concatenations = [[1, 2], [0, 1, 2]], Baselines = false });
        CollectionAssert.AreEqual((string[])["Layer 0", "Layers 1+2", "Layers 0+1+2"], result.Layers.Select(layer => layer.Name).ToArray());
        CollectionAssert.AreEqual((int[])[8, 16, 24], result.Layers.Select(layer => layer.FeatureCount).ToArray());
        Assert.IsNull(result.Layers[1].Layer);
    }

    [TestMethod]
    public void Run_SeveralWeights_ChoosesOnRowsHeldOut()
    {
        var result = Probe(new() { Layers = [1], Baselines = false, L2Regularization = [1e9f, 0.1f] });
        Assert.AreEqual(0.1f, result.Best.L2Regularization, "A classifier whose weights must vanish tells nothing apart.");
        Assert.AreEqual(1, result.Best.ValidationAccuracy);
        Assert.AreSame(result.Best, result.Chosen);
    }

    [TestMethod]
    public void Run_SixClasses_HasTopFiveAndConfusions()
    {
        var result = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false, L2Regularization = [1] })
            .Run(ColoredImages.Create(60, 1, classes: 6), ColoredImages.Create(30, 2, classes: 6));
        Assert.IsGreaterThanOrEqualTo(result.Best.Accuracy, result.Best.Top5Accuracy!.Value);
        var confusion = result.ConfusionMatrix(result.Best);
        CollectionAssert.AreEqual((int[])[5, 5, 5, 5, 5, 5], confusion.Select(row => row.Sum()).ToArray());
        Assert.AreEqual(result.Best.Accuracy, confusion.Select((row, c) => row[c]).Sum() / 30.0, 1e-12);
    }

    [TestMethod]
    public void Run_Again_TakesEverythingFromTheCache()
    {
        using var folder = new TemporaryFolder();
        LinearProbeOptions options = new() { PatchBaseline = true, CacheFolder = folder.Path };
        var first = Probe(options);
        var files = Directory.GetFiles(folder.Path, "*.features").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        var second = Probe(options);
        Assert.HasCount(3, files); // three layers; in the palette of eight colors, the test images equal the training images
        Assert.IsGreaterThan(TimeSpan.Zero, first.FeatureDuration);
        Assert.AreEqual(TimeSpan.Zero, second.FeatureDuration);
        var (found, expected) = (second.Layers.Concat(second.Baselines), first.Layers.Concat(first.Baselines));
        CollectionAssert.AreEqual(expected.Select(Describe).ToArray(), found.Select(Describe).ToArray());

        foreach (var file in Directory.GetFiles(folder.Path, "probe-*"))
        {
            File.Delete(file);
        }

        var third = Probe(options); // only the features are cached
        Assert.AreEqual(TimeSpan.Zero, third.FeatureDuration);
        CollectionAssert.AreEqual(first.Layers.Select(layer => layer.Accuracy).ToArray(), third.Layers.Select(layer => layer.Accuracy).ToArray());

        static string Describe(ProbedRepresentation probed) =>
            $"{probed.Name} {probed.Accuracy} {probed.L2Regularization} {probed.Duration} {string.Join(',', probed.PredictedClasses)}";
    }

    [TestMethod]
    public void Run_CacheOfAnotherModel_IsNotUsed()
    {
        using var folder = new TemporaryFolder();
        LinearProbeOptions options = new() { Layers = [1], Baselines = false, CacheFolder = folder.Path };
        using (var other = TinyImageGpt.CreateModel(2, TinyImageGpt.Palette))
        {
            new LinearProbeExperiment(_context, other, options).Run(ColoredImages.Create(24, 1), ColoredImages.Create(24, 2));
        }

        Assert.IsGreaterThan(TimeSpan.Zero, Probe(options).FeatureDuration);

        // A file with this model's name and the other one's features.
        var files = Directory.GetFiles(folder.Path, "layer1-*.features").OrderBy(File.GetLastWriteTimeUtc).ToArray();
        Assert.HasCount(2, files); // one per model; in the palette of eight colors, the test images equal the training images
        File.Copy(files[0], files[1], overwrite: true);
        foreach (var file in Directory.GetFiles(folder.Path, "probe-*"))
        {
            File.Delete(file);
        }

        StringAssert.Contains(Probe(options).Notes.Single(), "It contains the features of another model, layer or data.");
    }

    [TestMethod]
    public void Run_CacheCannotBeWritten_GoesOnWithout()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", [1]);
        var result = Probe(new() { Layers = [1], Baselines = false, CacheFolder = Path.Combine(file, "cache") });
        Assert.AreEqual(1, result.Best.Accuracy);
        StringAssert.StartsWith(result.Notes.Single(), "Caching stops; the results are not affected");
    }

    [TestMethod]
    public void Run_RowsOfOneClass_AreRefused()
        => AssertRefused(
            "All rows of the training data have the class '2'; a classifier needs two classes.",
            ColoredImages.Create(12, 1, label: _ => 2),
            ColoredImages.Create(12, 2));

    [TestMethod]
    public void Run_OtherClassNamesInTheTest_AreRefused()
        => AssertRefused(
            "The classes of the test data differ from those of the training data: dog, cat instead of cat, dog.",
            ColoredImages.Create(12, 1, names: ["cat", "dog"]),
            ColoredImages.Create(12, 2, names: ["dog", "cat"]));

    [TestMethod]
    public void Run_OtherNumberOfClassesInTheTest_IsRefused()
        => AssertRefused(
            "The classes of the test data differ from those of the training data: 1, 2, 3 instead of 1, 2.",
            ColoredImages.Create(12, 1),
            ColoredImages.Create(12, 2, classes: 3));

    [TestMethod]
    public void Run_ClassMissingInTheTest_IsNoted()
    {
        var result = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false })
            .Run(ColoredImages.Create(24, 1, names: ["red", "green"]), ColoredImages.Create(12, 2, names: ["red", "green"], label: _ => 1));
        CollectionAssert.AreEqual((string[])["The test data has no rows of green."], result.Notes.ToArray());
        Assert.AreEqual(0.5, result.Best.Accuracy);
    }

    [TestMethod]
    public void Run_TestImagesAmongTheTrainingImages_AreNoted()
    {
        var probe = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false });
        var result = probe.Run(ColoredImages.Create(24, 1), ColoredImages.Create(12, 1));
        CollectionAssert.AreEqual((string[])["12 of the 12 test images are equal to a training image at the model's resolution."], result.Notes.ToArray());
    }

    [TestMethod]
    public void Run_LabelsMissing_AreLeftOut()
    {
        var probe = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false });
        var training = ColoredImages.Create(24, 1, label: row => row < 2 ? 0u : (uint)(1 + (row % 2)));
        var result = probe.Run(training, ColoredImages.Create(12, 2));
        Assert.AreEqual(22, result.TrainingRows);
        CollectionAssert.AreEqual((string[])["2 rows of the training data have no image or no label and are left out."], result.Notes.ToArray());
    }

    [TestMethod]
    public void Run_TighterTolerance_ChangesNothing()
    {
        LinearProbeOptions options = new() { Layers = [1, 2], Baselines = false, L2Regularization = [1], MaximumNumberOfIterations = 5000 };
        float[] tolerances = [1e-4f, 1e-7f];
        double[] accuracies = [.. tolerances
            .Select(tolerance => new LinearProbeExperiment(_context, _model, options with { OptimizationTolerance = tolerance }))
            .Select(probe => probe.Run(ColoredImages.Create(120, 1, classes: 6), ColoredImages.Create(120, 2, classes: 6)).Best.Accuracy)];
        Assert.AreEqual(accuracies[1], accuracies[0], 0.02);
    }

    [TestMethod]
    public void Options_ConcatenationsWrong_AreReported()
    {
        LinearProbeOptions options = new() { Concatenations = [[0, 3], []], Classifier = (ProbeClassifier)9, CacheFolder = " " };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LinearProbeExperiment(_context, _model, options));
        Assert.AreEqual(
            "Classifier is 9; expected LbfgsMaximumEntropy or SdcaMaximumEntropy or FastTree. CacheFolder is ''; expected a path. "
                + "Concatenations is 3; expected 0 to 2. Concatenations is empty; expected layers from 0 to 2. (Parameter 'options')",
            error.Message);
    }

    public void Dispose() => _model.Dispose();

    private LinearProbeResult Probe(LinearProbeOptions options, int rows = 24)
        => new LinearProbeExperiment(_context, _model, options).Run(ColoredImages.Create(rows, 1), ColoredImages.Create(24, 2));

    private void AssertRefused(string expected, IDataView training, IDataView test)
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => new LinearProbeExperiment(_context, _model).Run(training, test));
        Assert.AreEqual(expected, error.Message);
    }
}
