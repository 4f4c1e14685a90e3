using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.LinearProbe;

[TestClass]
public sealed class LinearProbeExperimentTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    public void Run_TwoClasses_ProbesEveryLayerAndBothBaselines()
    {
        var reported = new List<ProbedRepresentation>();
        var result = new LinearProbeExperiment(_context, _model).Run(TwoClasses(24, 1), TwoClasses(12, 2), new Reporter(reported));
        CollectionAssert.AreEqual((string[])["Layer 0", "Layer 1", "Layer 2"], result.Layers.Select(layer => layer.Name).ToArray());
        CollectionAssert.AreEqual((int[])[8, 8, 8], result.Layers.Select(layer => layer.FeatureCount).ToArray());
        CollectionAssert.AreEqual((string[])["Raw pixels", "Palette tokens"], result.Baselines.Select(layer => layer.Name).ToArray());
        CollectionAssert.AreEqual((int[])[48, 8], result.Baselines.Select(layer => layer.FeatureCount).ToArray());
        Assert.AreEqual(24, result.TrainingRows);
        Assert.AreEqual(12, result.TestRows);
        Assert.IsTrue(result.Layers.Concat(result.Baselines).All(layer => layer.Accuracy == 1), "Red and blue images are easily told apart.");
        Assert.AreEqual(0, result.Best.Layer);
        CollectionAssert.AreEqual(result.Baselines.Concat(result.Layers).ToArray(), reported);
    }

    [TestMethod]
    public void Run_Done_LeavesNoTensors()
    {
        var (training, test) = (TwoClasses(8, 1), TwoClasses(4, 2));
        LiveTensors.AssertNoneLeft(() => new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false }).Run(training, test));
    }

    [TestMethod]
    public void Run_LabelMissing_IsNamed()
        => AssertRefused("Could not find label column 'Label'", new TableView(1).AddUnread("Image", new ImageDataViewType()));

    [TestMethod]
    public void Run_LabelOfAnotherType_IsRefused()
    {
        AssertRefused("Schema mismatch for label column 'Label': expected Key<UInt32>, got String", WithLabel(TextDataViewType.Instance));
        AssertRefused("Schema mismatch for label column 'Label': expected Key<UInt32>, got Single", WithLabel(NumberDataViewType.Single));
        var keys = new VectorDataViewType(new KeyDataViewType(typeof(uint), 2), 2);
        AssertRefused("Schema mismatch for label column 'Label': expected Key<UInt32>, got Vector<Key<UInt32, 0-1>, 2>", WithLabel(keys));

        static TableView WithLabel(DataViewType type) => new TableView(1).AddUnread("Image", new ImageDataViewType()).AddUnread("Label", type);
    }

    [TestMethod]
    public void Run_ImageMissing_IsNamed()
        => AssertRefused("Could not find image column 'Image'", new TableView(1).AddUnread("Label", new KeyDataViewType(typeof(uint), 2)));

    [TestMethod]
    public void Run_ImagesMissing_AreLeftOut()
    {
        var (training, test) = (TwoClasses(24, 1, missing: row => row is 3 or 4), TwoClasses(12, 2, missing: row => row == 5));
        var result = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false }).Run(training, test);
        Assert.AreEqual(1, result.Best.Accuracy);
    }

    [TestMethod]
    public void Run_NoRows_SaysSo()
    {
        var experiment = new LinearProbeExperiment(_context, _model, new() { Layers = [1], Baselines = false });
        Assert.AreEqual("There is nothing to probe: the training data has no rows.", ErrorOf(TwoClasses(0, 1), TwoClasses(4, 1)));
        Assert.AreEqual("There is nothing to probe: the test data has no rows.", ErrorOf(TwoClasses(4, 1), TwoClasses(0, 1)));

        string ErrorOf(IDataView training, IDataView test) =>
            Assert.ThrowsExactly<InvalidOperationException>(() => experiment.Run(training, test)).Message;
    }

    [TestMethod]
    public void Run_Canceled_Throws()
    {
        var probe = new LinearProbeExperiment(_context, _model);
        var canceled = new CancellationToken(canceled: true);
        Assert.ThrowsExactly<OperationCanceledException>(() => probe.Run(TwoClasses(8, 1), TwoClasses(4, 2), cancellationToken: canceled));
    }

    [TestMethod]
    public void Construct_ModelWithoutPalette_IsRefused()
    {
        using var model = TinyImageGpt.CreateModel();
        var error = Assert.ThrowsExactly<ArgumentException>(() => new LinearProbeExperiment(_context, model));
        Assert.AreEqual("The model has no palette, so images cannot be quantized for it. (Parameter 'model')", error.Message);
    }

    [TestMethod]
    public void Options_EverythingWrong_IsReportedTogether()
    {
        var options = new LinearProbeOptions
        {
            ImageColumnName = "",
            LabelColumnName = "",
            Layers = [0, 3],
            BatchSize = 5000,
            L2Regularization = [1, -1],
            OptimizationTolerance = 0,
            MaximumNumberOfIterations = 0,
        };
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LinearProbeExperiment(_context, _model, options));
        Assert.AreEqual(
            "ImageColumnName is ''; expected a column name. LabelColumnName is ''; expected a column name. BatchSize is 5000; expected 1 to 4096. "
            + "OptimizationTolerance is 0; expected more than 0. MaximumNumberOfIterations is 0; expected at least 1. "
            + "L2Regularization is -1; expected at least 0. Layers is 3; expected 0 to 2. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    public void Options_NoWeights_AreRefused()
        => Assert.AreEqual(
            "L2Regularization is empty; expected at least one weight. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LinearProbeExperiment(_context, _model, new() { L2Regularization = [] })).Message);

    [TestMethod]
    public void Options_NoLayers_AreRefused()
        => Assert.AreEqual(
            "Layers is empty; expected layers from 0 to 2. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new LinearProbeExperiment(_context, _model, new() { Layers = [] })).Message);

    public void Dispose() => _model.Dispose();

    /// <summary>Reddish and bluish images.</summary>
    private static TableView TwoClasses(int rows, int seed, Func<int, bool>? missing = null)
    {
        var random = new Random(seed);
        var images = Enumerable.Range(0, rows).Select(row => ImageRows.Plain(5, 5, Color(row % 2 == 0), (byte)random.Next(60), Color(row % 2 == 1))).ToArray();
        return new TableView(rows)
            .Add("Image", new ImageDataViewType(), row => missing?.Invoke(row) == true ? null! : images[row])
            .Add("Label", new KeyDataViewType(typeof(uint), 2), row => (uint)(1 + (row % 2)));

        byte Color(bool strong) => (byte)(random.Next(60) + (strong ? 190 : 0));
    }

    private void AssertRefused(string expected, IDataView data)
    {
        var experiment = new LinearProbeExperiment(_context, _model, new() { Baselines = false });
        Assert.StartsWith(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => experiment.Run(data, TwoClasses(4, 1))).Message);
        Assert.StartsWith(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => experiment.Run(TwoClasses(4, 1), data)).Message);
    }

    private sealed class Reporter(List<ProbedRepresentation> reports) : IProgress<ProbedRepresentation>
    {
        public void Report(ProbedRepresentation value) => reports.Add(value);
    }
}
