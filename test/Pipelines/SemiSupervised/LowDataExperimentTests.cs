using IGptMl.SemiSupervised;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.LinearProbe;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.SemiSupervised;

[TestClass]
public sealed class LowDataExperimentTests : IDisposable
{
    private static readonly LinearProbeOptions Probe = new() { Layers = [1, 2], L2Regularization = [1] };

    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    public void Run_BudgetsAndSeeds_ScoresEveryRepresentation()
    {
        var runs = new List<LowDataRun>();
        var result = Run(new() { Budgets = [8, 4], Seeds = [1, 2, 3], Probe = Probe }, new Reporter(runs));
        CollectionAssert.AreEqual((int[])[4, 8], result.Budgets.ToArray());
        CollectionAssert.AreEqual((string[])["Raw pixels", "Palette tokens", "Image GPT"], result.Representations.ToArray());
        Assert.HasCount(18, runs);
        CollectionAssert.AreEqual(runs, result.Scores.SelectMany(score => score.Runs).ToArray());
        Assert.AreEqual(60, result.TrainingRows);
        Assert.AreEqual(30, result.TestRows);
        Assert.AreEqual(1, result.Find("Image GPT", 8)!.Mean, 0.1, "Red and green are easily told apart.");
        StringAssert.Contains("Layer 1, Layer 2", result.Find("Image GPT", 8)!.Runs[0].Source);
    }

    [TestMethod]
    public void Run_NoClassifier_SeesARowThatWasNotDrawn()
    {
        // Raw pixels identify an image's row.
        var seen = new List<string[]>();
        var probe = Probe with
        {
            Layers = [1],
            Standardize = false,
            L2Regularization = [1, 2],
            CustomClassifier = (features, label, _) => new Spy(_context.MulticlassClassification.Trainers.NaiveBayes(label, features), features, seen),
        };
        var (training, test) = (ColoredImages.Create(60, 1), ColoredImages.Create(30, 2));
        new LowDataExperiment(_context, _model, new() { Budgets = [8], Seeds = [1], Probe = probe }).Run(training, test);
        var names = (string[])["red", "green"];
        var drawn = LabelSubset.Choose([.. Enumerable.Range(0, 60).Select(row => row % 2)], names, 8, 1);
        var (allowed, held) = (PixelsOf(training, drawn), PixelsOf(test, Enumerable.Range(0, 30)));
        var pixels = seen.Where(rows => rows[0].Count(c => c == ' ') == 47).ToArray();
        Assert.IsGreaterThan(8, pixels.Length, "Folds for each weight, and the last fit.");
        foreach (var row in pixels.SelectMany(rows => rows))
        {
            Assert.Contains(row, allowed);
            Assert.DoesNotContain(row, held);
        }

        CollectionAssert.AreEquivalent(allowed.ToArray(), pixels[^1]);
        Assert.IsTrue(seen.All(rows => rows.Length <= 8));

        HashSet<string> PixelsOf(IDataView view, IEnumerable<int> rows)
        {
            var images = IGptMl.Classification.LabeledImages.Read(_context, _model, view, "Image", "Label", "training", default);
            return [.. rows.Select(row => string.Join(' ', images.RgbOf(row).ToArray().Select(value => value * (1f / 255))))];
        }
    }

    [TestMethod]
    public void Run_TestRowsAmongTheTrainingRows_AreNoted()
    {
        var experiment = new LowDataExperiment(_context, _model, new() { Budgets = [4], Seeds = [1], Probe = Probe });
        var result = experiment.Run(ColoredImages.Create(40, 1), ColoredImages.Create(40, 1));
        CollectionAssert.AreEqual((string[])["40 of the 40 test images are equal to a training image at the model's resolution."], result.Notes.ToArray());
        Assert.IsEmpty(Run(new() { Budgets = [4], Seeds = [1], Probe = Probe }).Notes);
    }

    [TestMethod]
    public void Run_Again_TakesEverythingFromTheCache()
    {
        using var folder = new TemporaryFolder();
        LowDataExperiment.Options options = new() { Budgets = [4, 8], Seeds = [1, 2], Probe = Probe with { CacheFolder = folder.Path } };
        var (first, second) = (Run(options), Run(options));
        Assert.AreEqual(TimeSpan.Zero, second.FeatureDuration);
        var (expected, found) = (first.Scores.SelectMany(score => score.Runs), second.Scores.SelectMany(score => score.Runs));
        CollectionAssert.AreEqual(expected.ToArray(), found.ToArray()); // durations included
    }

    [TestMethod]
    public void Run_OneLabelAClass_TakesTheMiddleLayer()
    {
        var result = Run(new() { Budgets = [2], Seeds = [1], Probe = Probe with { Layers = [0, 1, 2], Baselines = false } });
        Assert.AreEqual("Layer 1", result.Scores.Single().Runs.Single().Source);
        Assert.IsNull(result.Scores.Single().StandardDeviation);
    }

    [TestMethod]
    public void Run_BudgetAboveTheRows_IsRefused()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Run(new() { Budgets = [4, 80], Probe = Probe }));
        Assert.AreEqual("A budget of 80 labels needs 40 rows of class '1', which has 30.", error.Message);
    }

    [TestMethod]
    public void Run_DefaultBudgetAboveTheRows_IsOmittedWithANote()
    {
        var result = Run(new() { Seeds = [1], Probe = Probe });
        CollectionAssert.AreEqual((int[])[40], result.Budgets.ToArray());
        CollectionAssert.AreEqual(
            (string[])["A budget of 250 labels needs 125 rows of class '1', which has 30. It is omitted.",
                "A budget of 4,000 labels needs 2,000 rows of class '1', which has 30. It is omitted."],
            result.Notes.ToArray());
        var experiment = new LowDataExperiment(_context, _model, new() { Seeds = [1], Probe = Probe });
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => experiment.Run(ColoredImages.Create(20, 1), ColoredImages.Create(10, 2)));
        Assert.AreEqual("A budget of 40 labels needs 20 rows of class '1', which has 10.", error.Message);
    }

    [TestMethod]
    public void Run_Done_LeavesNoTensors()
    {
        var (training, test) = (ColoredImages.Create(20, 1), ColoredImages.Create(10, 2));
        LowDataExperiment.Options options = new() { Budgets = [4], Seeds = [1], Probe = new() { Layers = [1], PatchBaseline = true } };
        LiveTensors.AssertNoneLeft(() => new LowDataExperiment(_context, _model, options).Run(training, test));
    }

    [TestMethod]
    public void Run_Canceled_Throws()
    {
        var experiment = new LowDataExperiment(_context, _model);
        var (training, test) = (ColoredImages.Create(20, 1), ColoredImages.Create(10, 2));
        var canceled = new CancellationToken(canceled: true);
        Assert.ThrowsExactly<OperationCanceledException>(() => experiment.Run(training, test, cancellationToken: canceled));
    }

    [TestMethod]
    public void Score_Deviation_IsTheSampleOne()
    {
        var score = LowDataScore.Of([Of(0.1), Of(0.2), Of(0.6)]);
        Assert.AreEqual(0.3, score.Mean, 1e-12);
        Assert.AreEqual(Math.Sqrt((0.04 + 0.01 + 0.09) / 2), score.StandardDeviation!.Value, 1e-12);
        Assert.AreEqual("30.0 ± 26.5", score.ToString());

        static LowDataRun Of(double accuracy) => new()
        {
            Representation = "Image GPT",
            Budget = 40,
            Seed = 1,
            Source = "Layer 1",
            L2Regularization = 1,
            Accuracy = accuracy,
            Duration = TimeSpan.Zero,
        };
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LowDataExperiment(_context, _model, new() { Budgets = [1], Seeds = [-1] }));
        Assert.AreEqual("Budgets is 1; expected at least 2. Seeds is -1; expected at least 0. (Parameter 'options')", error.Message);
    }

    public void Dispose() => _model.Dispose();

    private LowDataResult Run(LowDataExperiment.Options options, IProgress<LowDataRun>? progress = null)
        => new LowDataExperiment(_context, _model, options).Run(ColoredImages.Create(60, 1), ColoredImages.Create(30, 2), progress);

    /// <summary>Records the rows to which a classifier is fitted.</summary>
    private sealed class Spy(IEstimator<ITransformer> inner, string features, List<string[]> seen) : IEstimator<ITransformer>
    {
        public ITransformer Fit(IDataView input)
        {
            seen.Add([.. input.GetColumn<float[]>(features).Select(row => string.Join(' ', row))]);
            return inner.Fit(input);
        }

        public SchemaShape GetOutputSchema(SchemaShape inputSchema) => inner.GetOutputSchema(inputSchema);
    }

    private sealed class Reporter(List<LowDataRun> runs) : IProgress<LowDataRun>
    {
        public void Report(LowDataRun value) => runs.Add(value);
    }
}
