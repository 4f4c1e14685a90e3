using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.PublicApi.Tests;

/// <summary>Pipelines from images to a model and its uses, and through saved files to another context.</summary>
[TestClass]
public sealed class PipelineTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void PretrainSaveLoadFeaturesClassifierSaveLoad_GivesTheSamePredictions()
    {
        using var folder = new WorkFolder();
        var images = _ml.Data.LoadImageFolder(folder.WritePhotos("photos", count: 8));
        using (var gpt = Tiny.Pretrain(_ml, images))
        {
            gpt.Model.Save(folder.Combine("model.zip"));
        }

        using var model = ImageGptModel.Load(folder.Combine("model.zip"));
        Assert.AreEqual(Tiny.Config, model.Config);
        Assert.AreEqual(Tiny.Palette, model.Palette);
        var pipeline = _ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(_ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, layers: [1]))
            .AppendCacheCheckpoint(_ml)
            .Append(_ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy())
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
        using var classifier = pipeline.Fit(images);
        var expected = Predictions(classifier, images);
        CollectionAssert.AreEqual(Enumerable.Repeat("bright", 8).Concat(Enumerable.Repeat("dark", 8)).ToArray(), expected);
        _ml.Model.Save(classifier, images.Schema, folder.Combine("classifier.zip"));

        var other = new MLContext();
        using var loaded = (IDisposable)other.Model.Load(folder.Combine("classifier.zip"), out _);
        CollectionAssert.AreEqual(expected, Predictions((ITransformer)loaded, other.Data.LoadImageFolder(folder.Combine("photos"))));
    }

    [TestMethod]
    public void FineTune_SavedWithDecoding_PredictsFromTheBytesOfAFile()
    {
        using var folder = new WorkFolder();
        var photos = folder.WritePhotos("photos", count: 8);
        using var gpt = Tiny.Pretrain(_ml, _ml.Data.LoadImageFolder(photos));
        var files = _ml.Data.LoadFromEnumerable(Directory.GetFiles(photos, "*.png", SearchOption.AllDirectories).Order().Select(Photo.Read));
        var options = new ImageGptFineTuneTrainer.Options { Epochs = 30, BatchSize = 8, LearningRate = 0.01, ValidationFraction = 0 };
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.Transforms.DecodeImages("Image", nameof(Photo.Content)))
            .Append(_ml.Transforms.QuantizeToPalette("Tokens", "Image", gpt.Model))
            .Append(_ml.MulticlassClassification.Trainers.ImageGptFineTune(gpt.Model, options))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"));
        using (var classifier = pipeline.Fit(files))
        {
            _ml.Model.Save(classifier, files.Schema, folder.Combine("classifier.zip"));
        }

        var other = new MLContext();
        using var engine = other.Model.CreatePredictionEngine<Photo, Prediction>(other.Model.Load(folder.Combine("classifier.zip"), out _));
        foreach (var name in new[] { "bright", "dark" })
        {
            var prediction = engine.Predict(Photo.Read(Path.Combine(photos, name, "0.png")));
            Assert.AreEqual(name, prediction.PredictedClass);
            Assert.AreEqual(1, prediction.Score.Sum(), 1e-5);
        }
    }

    [TestMethod]
    public void MaskVote_OfAMaskedModel_TakesAnyTrainer()
    {
        using var folder = new WorkFolder();
        var images = _ml.Data.LoadImageFolder(folder.WritePhotos("photos", count: 8));
        using var gpt = Tiny.Pretrain(_ml, images, PretrainingObjective.Masked);
        using var classifier = _ml.Transforms.QuantizeToPalette("Tokens", "Image", gpt.Model)
            .Append(_ml.MulticlassClassification.Trainers.ImageGptMaskVote(gpt.Model, _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(), layers: [1]))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("PredictedClass", "PredictedLabel"))
            .Fit(images);
        var metrics = _ml.MulticlassClassification.Evaluate(classifier.Transform(images));
        Assert.IsGreaterThan(0.7, metrics.MicroAccuracy);
    }

    [TestMethod]
    public void CompleteAndSample_Model_DrawsPicturesOfItsPalette()
    {
        using var folder = new WorkFolder();
        var images = _ml.Data.LoadShapes(3);
        using var gpt = Tiny.Pretrain(_ml, images);
        var options = new ImageCompletingEstimator.Options { Completions = 2, Seed = 5, KeptColumnName = "Kept" };
        using var complete = _ml.Transforms.CompleteImages("Completed", "Image", gpt.Model, options).Fit(images);
        CollectionAssert.AreEqual((string[])["Completed1", "Completed2"], complete.OutputColumnNames.ToArray());
        using (var grid = ImageGrid.Create(complete.Transform(images), ["Kept", .. complete.OutputColumnNames], scale: 2))
        {
            grid.Save(folder.Combine("grid.png"));
        }

        using var written = MLImage.CreateFromFile(folder.Combine("grid.png"));
        Assert.AreEqual(((3 * (8 + 4)) + 4, (3 * (8 + 4)) + 4), (written.Width, written.Height));
        var drawn = _ml.ImageGeneration.Sample(gpt.Model, 5, new() { Seeds = [1, 2, 1, 3, 4], Temperature = 0.9 });
        var tokens = drawn.GetColumn<ushort[]>("Tokens").ToArray();
        CollectionAssert.AreEqual(tokens[0], tokens[2]);
        CollectionAssert.AreNotEqual(tokens[0], tokens[1]);
        CollectionAssert.AreEqual(new[] { 1, 2, 1, 3, 4 }, drawn.GetColumn<int>("Seed").ToArray());
    }

    [TestMethod]
    public void Likelihood_Model_TellsWhatItHasNotSeen()
    {
        var images = _ml.Data.LoadShapes(24);
        using var gpt = Tiny.Pretrain(_ml, images);
        using var likelihood = _ml.Transforms.QuantizeToPalette("Tokens", "Image", gpt.Model)
            .Append(_ml.Transforms.CalculateImageLikelihood(gpt.Model, new() { TokenNatsColumnName = "TokenNats", SurpriseMapColumnName = "SurpriseMap" }))
            .Fit(images);
        var scored = likelihood.Transform(images);
        var metrics = _ml.ImageGeneration.Evaluate(scored);
        Assert.AreEqual(24, metrics.ImageCount);
        Assert.IsLessThan(Math.Log(8), metrics.NatsPerToken);
        Assert.AreEqual(metrics.NatsPerToken / (3 * Math.Log(2)), metrics.BitsPerDimension, 1e-9);
        Assert.AreEqual(metrics.NatsPerToken, scored.GetColumn<float[]>("TokenNats").Average(nats => nats.Average()), 1e-4);
        using var map = ImageGrid.Create(scored, ["SurpriseMap"], maximumRows: 1, scale: 1, gap: 0);
        Assert.AreEqual((4, 4), (map.Width, map.Height));
    }

    private static string[] Predictions(ITransformer classifier, IDataView images) => [.. classifier.Transform(images).GetColumn<string>("PredictedClass")];

    private sealed class Photo
    {
        public byte[] Content { get; set; } = [];

        public string Label { get; set; } = string.Empty;

        internal static Photo Read(string path) => new() { Content = File.ReadAllBytes(path), Label = Path.GetFileName(Path.GetDirectoryName(path)!) };
    }

    private sealed class Prediction
    {
        public string PredictedClass { get; set; } = string.Empty;

        public float[] Score { get; set; } = [];
    }
}
