using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.FineTune;

[TestClass]
public sealed class FineTuneExperimentTests : IDisposable
{
    private static readonly FineTuneExperiment.Options Quick = new() { Training = new() { Epochs = 2, BatchSize = 8, LearningRate = 0.01, Seed = 1 } };

    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    [TestMethod]
    public void Run_TwoClasses_CountsEveryTestRow()
    {
        var steps = new List<FineTuningProgress>();
        var test = TwoClasses(14, 2, missing: row => row is 5 or 6);
        var result = new FineTuneExperiment(_context, _model, Quick).Run(TwoClasses(24, 1), test, new Reporter(steps.Add));
        Assert.AreEqual(6, steps.Count, "24 rows without a tenth held out, in batches of 8, twice.");
        Assert.AreEqual(12, result.TestRows);
        CollectionAssert.AreEqual((string[])["1", "2"], result.ClassNames.ToArray());
        Assert.HasCount(12, result.PredictedClasses);
        var labels = Enumerable.Range(0, 14).Where(row => row is not 5 and not 6).Select(row => row % 2).ToArray();
        Assert.AreEqual(labels.Zip(result.PredictedClasses).Count(pair => pair.First == pair.Second) / 12.0, result.Accuracy, 1e-9);
        for (var i = 0; i < 4; i++)
        {
            Assert.AreEqual(labels.Zip(result.PredictedClasses).Count(pair => pair == (i / 2, i % 2)), result.ConfusionMatrix[i / 2][i % 2]);
        }

        Assert.IsNull(result.Top5Accuracy);
    }

    [TestMethod]
    public void Fit_Saved_PredictsFromAnImageFile()
    {
        using var folder = new TemporaryFolder();
        for (var i = 0; i < 8; i++)
        {
            folder.WriteImage($"images/{(i % 2 == 0 ? "red" : "blue")}/{i}.png", 4, 4, i % 2 == 0 ? (byte.MaxValue, 0, 0) : (0, 0, byte.MaxValue));
        }

        var data = _context.Data.LoadImageFolder(folder.Combine("images"));
        (string Name, string Class)[] expected;
        var options = Quick with { Training = Quick.Training with { Epochs = 20, ValidationFraction = 0 } };
        using (var classifier = new FineTuneExperiment(_context, _model, options).Fit(data))
        {
            _context.Model.Save(classifier.Transformer, null, folder.Combine("classifier.zip"));
            var view = classifier.Transformer.Transform(data);
            expected = [.. view.GetColumn<string>("Name").Zip(view.GetColumn<string>("PredictedClass"))];
        }

        var context = new MLContext();
        using var engine = context.Model.CreatePredictionEngine<ImageRow, Prediction>(context.Model.Load(folder.Combine("classifier.zip"), out _));
        foreach (var (name, predicted) in expected)
        {
            using var image = MLImage.CreateFromFile(folder.Combine("images", name));
            var prediction = engine.Predict(new ImageRow { Image = image });
            Assert.AreEqual(predicted, prediction.PredictedClass);
            Assert.AreEqual(name.Split('/')[0], prediction.PredictedClass);
        }
    }

    [TestMethod]
    public void Evaluate_LoadedChainOfManyClasses_TellsTopFive()
    {
        var data = _context.Data.LoadShapes(36, 1);
        var experiment = new FineTuneExperiment(_context, _model, Quick);
        using var classifier = experiment.Fit(data);
        using var stream = new MemoryStream();
        _context.Model.Save(classifier.Transformer, null, stream);
        var loaded = new MLContext().Model.Load(stream, out _);
        var expected = experiment.Evaluate(classifier.Transformer, data);
        var result = experiment.Evaluate(loaded, data);
        (loaded as IDisposable)?.Dispose();
        Assert.AreEqual(expected.Accuracy, result.Accuracy);
        Assert.IsGreaterThanOrEqualTo(result.Accuracy, result.Top5Accuracy!.Value);
        Assert.HasCount(12, result.ConfusionMatrix);
        Assert.AreEqual(36, result.ConfusionMatrix.Sum(row => row.Sum()));
    }

    [TestMethod]
    public void Run_Done_LeavesNoTensors()
    {
        var (training, test) = (TwoClasses(16, 1), TwoClasses(4, 2));
        LiveTensors.AssertNoneLeft(() => new FineTuneExperiment(_context, _model, Quick).Run(training, test));
    }

    [TestMethod]
    public void Run_Canceled_Throws()
    {
        var experiment = new FineTuneExperiment(_context, _model, Quick);
        var canceled = new CancellationToken(canceled: true);
        Assert.ThrowsExactly<OperationCanceledException>(() => experiment.Run(TwoClasses(8, 1), TwoClasses(4, 2), cancellationToken: canceled));
        using var cancellation = new CancellationTokenSource();
        var reporter = new Reporter(_ => cancellation.Cancel());
        Assert.ThrowsExactly<OperationCanceledException>(() => experiment.Run(TwoClasses(24, 1), TwoClasses(4, 2), reporter, cancellation.Token));
    }

    [TestMethod]
    public void Run_OtherClassesInTheTest_AreRefusedBeforeTheTraining()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in (string[])["train/cat", "train/dog", "test/dog", "test/owl"])
        {
            folder.WriteImage($"{name}/1.png", 4, 4, (1, 2, 3));
        }

        var (training, test) = (_context.Data.LoadImageFolder(folder.Combine("train")), _context.Data.LoadImageFolder(folder.Combine("test")));
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => new FineTuneExperiment(_context, _model, Quick).Run(training, test));
        Assert.AreEqual("The classes of the test data differ from those of the training data: dog, owl instead of cat, dog.", error.Message);
    }

    [TestMethod]
    public void Run_NoTestRows_SaysSo()
    {
        var experiment = new FineTuneExperiment(_context, _model, Quick);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => experiment.Run(TwoClasses(8, 1), TwoClasses(0, 1)));
        Assert.AreEqual("There is nothing to evaluate: the test data has no rows with an image and a label.", error.Message);
    }

    [TestMethod]
    public void Run_ColumnMissing_IsNamed()
    {
        var experiment = new FineTuneExperiment(_context, _model, Quick);
        var noLabel = new TableView(1).AddUnread("Image", new ImageDataViewType());
        var noImage = new TableView(1).AddUnread("Label", new KeyDataViewType(typeof(uint), 2));
        AssertNamed("Could not find label column 'Label'", noLabel, TwoClasses(4, 1));
        AssertNamed("Could not find label column 'Label'", TwoClasses(4, 1), noLabel);
        AssertNamed("Could not find image column 'Image'", noImage, TwoClasses(4, 1));

        void AssertNamed(string expected, IDataView training, IDataView test) =>
            Assert.StartsWith(expected, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => experiment.Run(training, test)).Message);
    }

    [TestMethod]
    public void Construct_ModelWithoutPaletteOrWrongOptions_IsRefused()
    {
        using var model = TinyImageGpt.CreateModel();
        Assert.AreEqual(
            "The model has no palette, so images cannot be quantized for it. (Parameter 'model')",
            Assert.ThrowsExactly<ArgumentException>(() => new FineTuneExperiment(_context, model)).Message);
        FineTuneExperiment.Options noNames = new() { ImageColumnName = "", LabelColumnName = "", Training = null! };
        Assert.AreEqual(
            "ImageColumnName is ''; expected a column name. LabelColumnName is ''; expected a column name. "
                + "Training is null; expected settings. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FineTuneExperiment(_context, _model, noNames)).Message);
        FineTuneExperiment.Options noEpochs = new() { Training = new() { Epochs = 0 } };
        Assert.AreEqual(
            "Epochs is 0; expected 1 to 1000000. (Parameter 'options')",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new FineTuneExperiment(_context, _model, noEpochs)).Message);
    }

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

    private sealed class ImageRow
    {
        [ImageType(4, 4)]
        public MLImage? Image { get; set; }
    }

    private sealed class Prediction
    {
        public string PredictedClass { get; set; } = string.Empty;
    }

    private sealed class Reporter(Action<FineTuningProgress> report) : IProgress<FineTuningProgress>
    {
        public void Report(FineTuningProgress value) => report(value);
    }
}
