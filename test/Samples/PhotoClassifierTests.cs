using IGptMl.Samples.PhotoClassifier;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Samples;

/// <summary>The sample's training, consumption and evaluation, on images that are easy to distinguish.</summary>
[TestClass]
public sealed class PhotoClassifierTests
{
    [TestCleanup]
    public void FreeTheModel() => PhotoModel.Reload();

    [TestMethod]
    public void TrainEvaluatePredict_ReleasedModel_TellsTheClasses()
    {
        using var folder = new TemporaryFolder();
        var (training, test) = (SamplePhotos.Write(folder, "training", 12), SamplePhotos.Write(folder, "test", 5));
        using (var model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette))
        {
            model.Save(folder.Combine("model.zip"));
        }

        AssertTells(folder.Combine("photos.zip"), training, test, folder.Combine("model.zip"));
    }

    [TestMethod]
    public void Train_Pretraining_EvaluatesOnPhotographsThatAreHeldOut()
    {
        using var folder = new TemporaryFolder();
        var photos = SamplePhotos.Write(folder, "training", 10);
        folder.Write("training/day/text.png", "This is not a picture."u8.ToArray());
        var settings = new PhotoModel.Settings(photos, HeldOut: 0.3);
        var (_, output, error) = SamplePhotos.Run(() =>
        {
            var metrics = PhotoModel.Train(folder.Combine("photos.zip"), settings, steps: 2)!;
            Assert.AreEqual(6, metrics.ConfusionMatrix.Counts.Sum(row => row.Sum()));
            Assert.AreEqual(1, metrics.MicroAccuracy);
            return 0;
        });
        Assert.Contains("Learning from 14 photographs, evaluating on 6 others", output);
        Assert.Contains("text.png", error); // left out, and named
    }

    [TestMethod]
    public void Settings_AreThoseOfTheProjectFile()
    {
        var path = Path.Combine(Docs.Page.Root, "samples", "PhotoClassifier", "PhotoModel.mbconfig");
        Assert.AreEqual(new PhotoModel.Settings("photos", 0.2), PhotoModel.ReadSettings(path));
    }

    [TestMethod]
    public void WrongInput_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var zip = folder.Combine("photos.zip");
        SamplePhotos.AssertRefuses("no folder 'nowhere'", () => PhotoProgram.Run(["train", "nowhere", zip]));
        folder.Write("one/day/0.png", []);
        SamplePhotos.WriteNoise(folder.Combine("one", "day", "0.png"), 0, 1);
        SamplePhotos.AssertRefuses("1 readable photographs of 1 classes", () => PhotoProgram.Run(["train", folder.Combine("one"), zip]));
        folder.Write("wrong.mbconfig", """{ "Scenario": "Forecasting" }"""u8.ToArray());
        SamplePhotos.AssertRefuses("the scenario is 'Forecasting'", () => PhotoProgram.Run(["retrain", folder.Combine("wrong.mbconfig"), zip]));
        SamplePhotos.AssertRefuses("nothing.zip", () => PhotoProgram.Run(["predict", folder.Combine("nothing.zip"), folder.Combine("one", "day", "0.png")]));
        Assert.AreEqual(2, SamplePhotos.Run(() => PhotoProgram.Run(["learn"])).Code);
    }

    private static void AssertTells(string zip, string training, string test, string model)
    {
        var (code, output, error) = SamplePhotos.Run(() => PhotoProgram.Run(["train", training, zip, model]));
        Assert.AreEqual(0, code, error);
        Assert.Contains("accuracy of all photographs", output);
        (code, output, error) = SamplePhotos.Run(() => PhotoProgram.Run(["evaluate", zip, test]));
        Assert.AreEqual(0, code, error);
        Assert.Contains("night", output);
        Assert.AreEqual(1, PhotoModel.Evaluate(test).MicroAccuracy);

        string[] files = [Path.Combine(test, "day", "0.png"), Path.Combine(test, "night", "0.png")];
        (code, output, error) = SamplePhotos.Run(() => PhotoProgram.Run(["predict", zip, .. files]));
        Assert.AreEqual(0, code, error);
        var lines = output.Split('\n');
        Assert.StartsWith($"{files[0]}: day ", lines[0]);
        Assert.StartsWith($"{files[1]}: night ", lines[1]);

        var text = Path.Combine(training, "text.png");
        File.WriteAllText(text, "This is not a picture.");
        (code, output, error) = SamplePhotos.Run(() => PhotoProgram.Run(["predict", zip, text, files[0]]));
        Assert.AreEqual(1, code);
        Assert.Contains("text.png", error);
        Assert.StartsWith($"{files[0]}: day ", output); // the others are predicted

        var photo = new PhotoModel.ModelInput { ImageSource = File.ReadAllBytes(files[1]) };
        var prediction = PhotoModel.Predict(photo);
        Assert.AreEqual("night", prediction.PredictedLabel);
        var all = PhotoModel.GetSortedScoresWithLabels(prediction).ToArray();
        CollectionAssert.AreEqual((string[])["night", "day"], all.Select(pair => pair.Key).ToArray());
        Assert.AreEqual(1, all.Sum(pair => pair.Value), 1e-5);
    }
}
