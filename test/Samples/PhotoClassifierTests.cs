using IGptMl.Samples.PhotoClassifier;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Samples;

/// <summary>The sample's training, consumption and evaluation, on images that are easy to distinguish.</summary>
[TestClass]
public sealed class PhotoClassifierTests
{
    [TestMethod]
    public void TrainEvaluatePredict_ReleasedModel_TellsTheClasses()
    {
        using var folder = new TemporaryFolder();
        var (training, test) = (WritePhotos(folder, "training", 12), WritePhotos(folder, "test", 5));
        var zip = folder.Combine("photos.zip");
        using (var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette))
        {
            PhotoModel.Train(training, zip, model);
        }

        AssertTells(zip, training, test);
    }

    [TestMethod]
    public void TrainEvaluatePredict_Pretraining_TellsTheClasses()
    {
        using var folder = new TemporaryFolder();
        var (training, test) = (WritePhotos(folder, "training", 12), WritePhotos(folder, "test", 5));
        var zip = folder.Combine("photos.zip");
        PhotoModel.Train(training, zip, steps: 2);
        AssertTells(zip, training, test);
    }

    private static void AssertTells(string zip, string training, string test)
    {
        var metrics = PhotoModel.Evaluate(zip, test);
        Assert.AreEqual(1, metrics.MicroAccuracy);
        StringAssert.Contains(PhotoModel.Describe(metrics), "night");
        using var engine = PhotoModel.CreatePredictEngine(zip);
        foreach (var name in new[] { "day", "night" })
        {
            var photo = new PhotoModel.ModelInput { ImageSource = File.ReadAllBytes(Path.Combine(training, name, "0.png")) };
            Assert.AreEqual(name, engine.Predict(photo).PredictedClass);
            var all = PhotoModel.PredictAllLabels(engine, photo);
            CollectionAssert.AreEquivalent((string[])["day", "night"], all.Select(pair => pair.Key).ToArray());
            Assert.AreEqual(name, all[0].Key);
            Assert.AreEqual(1, all.Sum(pair => pair.Value), 1e-5);
        }
    }

    /// <summary>Bright and dark images of random colors.</summary>
    private static string WritePhotos(TemporaryFolder folder, string name, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Write("day", i, 160);
            Write("night", i, 0);
        }

        return folder.Combine(name);

        void Write(string className, int index, int least)
        {
            var random = new Random(least + index + (1000 * name.Length));
            var rgba = Enumerable.Range(0, 20 * 20 * 4).Select(i => (byte)(i % 4 == 3 ? 255 : least + random.Next(90))).ToArray();
            var path = folder.Write($"{name}/{className}/{index}.png", []);
            using var image = Microsoft.ML.Data.MLImage.CreateFromPixels(20, 20, Microsoft.ML.Data.MLPixelFormat.Rgba32, rgba);
            image.Save(path);
        }
    }
}
