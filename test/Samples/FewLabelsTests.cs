using IGptMl.Samples.FewLabels;
using IGptMl.Tests.Data;
using Microsoft.ML;

namespace IGptMl.Tests.Samples;

/// <summary>The sample that learns from a few labels.</summary>
[TestClass]
public sealed class FewLabelsTests
{
    [TestMethod]
    public void Run_FromAFreshFolder_SavesAClassifierAndAsksForLabels()
    {
        using var folder = new TemporaryFolder();
        var (labeled, others) = (SamplePhotos.Write(folder, "labeled", 4), SamplePhotos.Write(folder, "unlabeled", 8));
        var zip = folder.Combine("classifier.zip");
        var (code, output, error) = SamplePhotos.Run(() => FewLabelsProgram.Run([labeled, others, zip], steps: 2));
        Assert.AreEqual(0, code, error);
        Assert.Contains("in cross-validation of the 8 labels", output);
        Assert.Contains("Label these next", output);

        var ml = new MLContext(seed: 1);
        var model = ml.Model.Load(zip, out _);
        using var owner = model as IDisposable;
        Assert.AreEqual(1, ml.MulticlassClassification.Evaluate(model.Transform(ml.Data.LoadImageFolder(others))).MicroAccuracy);
    }

    [TestMethod]
    public void WrongInput_IsOneLine()
    {
        using var folder = new TemporaryFolder();
        var labeled = SamplePhotos.Write(folder, "labeled", 3);
        SamplePhotos.AssertRefuses("2 classes, of 3 pictures or more", () => FewLabelsProgram.Run([labeled, labeled, folder.Combine("c.zip")], steps: 1));
        SamplePhotos.AssertRefuses("nowhere", () => FewLabelsProgram.Run([labeled, "nowhere", folder.Combine("c.zip")], steps: 1));
        SamplePhotos.AssertRefuses("nowhere", () => FewLabelsProgram.Run(["nowhere", labeled, folder.Combine("c.zip")], steps: 1));
        Assert.AreEqual(2, SamplePhotos.Run(() => FewLabelsProgram.Run([labeled])).Code);
    }
}
