using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.PublicApi.Tests;

/// <summary>Import and export of models in other libraries' formats.</summary>
[TestClass]
public sealed class ModelFormsTests
{
    private static readonly string Published = Path.Combine(AppContext.BaseDirectory, "Data", "tiny");

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void LoadExportLoad_HuggingFaceFolder_GivesTheSameFeatures()
    {
        using var folder = new WorkFolder();
        using var model = ImageGptModel.Load(Published);
        model.SaveAsHuggingFace(folder.Combine("exported"));
        model.Save(folder.Combine("model.zip"));
        var expected = Features(model);
        foreach (var form in new[] { folder.Combine("exported"), folder.Combine("model.zip") })
        {
            using var again = ImageGptModel.Load(form);
            Assert.AreEqual(model.Config, again.Config);
            CollectionAssert.AreEqual(expected, Features(again));
        }
    }

    [TestMethod]
    public void WithCropping_Model_PreparesImagesInThatWay()
    {
        using var model = ImageGptModel.Load(Published);
        using var cropped = model.WithCropping(ImageCropping.CenterCrop);
        var images = _ml.Data.LoadShapes(1);
        Assert.AreEqual(ImageCropping.Squash, _ml.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(images).Cropping);
        Assert.AreEqual(ImageCropping.CenterCrop, _ml.Transforms.QuantizeToPalette("Tokens", "Image", cropped).Fit(images).Cropping);
    }

    [TestMethod]
    public void CreateUntrained_Model_IsABaseline()
    {
        using var model = ImageGptModel.CreateUntrained(Tiny.Config, Tiny.Palette, seed: 3);
        var images = _ml.Data.LoadShapes(4);
        using var likelihood = _ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(_ml.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model))
            .Fit(images);
        Assert.AreEqual(8, _ml.ImageGeneration.Evaluate(likelihood.Transform(images)).Perplexity, 1e-4);
    }

    [TestMethod]
    public void GetDeviceName_OfAContextWithoutGpu_IsTheCpu() => Assert.AreEqual("cpu", _ml.GetDeviceName());

    private float[] Features(ImageGptModel model)
    {
        var images = _ml.Data.LoadShapes(2);
        using var extractor = _ml.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(_ml.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, layers: [0, 2]))
            .Fit(images);
        return [.. extractor.Transform(images).GetColumn<float[]>("Features").SelectMany(row => row)];
    }
}
