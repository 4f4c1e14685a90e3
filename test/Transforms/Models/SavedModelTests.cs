using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>A model's own file format, and untrained models.</summary>
[TestClass]
public sealed class SavedModelTests
{
    [TestMethod]
    public void Save_ThenLoad_IsTheSameModel()
    {
        using var folder = new TemporaryFolder();
        using var read = ImageGptModel.Load(TestData.PathOf("tiny"));
        using var model = read.WithCropping(ImageCropping.CenterCrop);
        model.Save(folder.Combine("model.zip"));
        using var again = ImageGptModel.Load(folder.Combine("model.zip"));
        TinyFolder.AssertIsTiny(again);
        Assert.AreEqual(model.Palette, again.Palette);
        Assert.AreEqual(ImageCropping.CenterCrop, again.Cropping);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Save_MaskedModelWithoutPalette_ComesBackAsOne()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        model.Save(folder.Combine("model.zip"));
        using var again = ImageGptModel.Load(folder.Combine("model.zip"));
        Assert.AreEqual(model.Config, again.Config);
        Assert.IsNull(again.Palette);
        CollectionAssert.AreEqual(Weights(model), Weights(again));
    }

    [TestMethod]
    public void Save_DisposedModel_LeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("model.zip", [1, 2, 3]);
        var model = TinyImageGpt.CreateModel();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Save(path));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void WithCropping_Model_SharesTheWeights()
    {
        var model = TinyImageGpt.CreateModel(palette: TinyImageGpt.Palette);
        using var cropped = model.WithCropping(ImageCropping.CenterCrop);
        model.Dispose();
        Assert.AreEqual((ImageCropping.Squash, ImageCropping.CenterCrop), (model.Cropping, cropped.Cropping));
        Assert.AreEqual(TinyImageGpt.Palette, cropped.Palette);
        Assert.AreSame(model.Identity, cropped.Identity);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cropped.WithCropping((ImageCropping)7));
        StringAssert.Contains(error.Message, "expected Squash or CenterCrop or RandomCrop.");
    }

    [TestMethod]
    public void CreateUntrained_Seed_DecidesTheWeights()
    {
        using var first = ImageGptModel.CreateUntrained(TinyImageGpt.Config, seed: 1);
        using var same = ImageGptModel.CreateUntrained(TinyImageGpt.Config, seed: 1);
        using var other = ImageGptModel.CreateUntrained(TinyImageGpt.Config, seed: 2);
        CollectionAssert.AreEqual(Weights(first), Weights(same));
        CollectionAssert.AreNotEqual(Weights(first), Weights(other));
    }

    [TestMethod]
    public void CreateUntrained_Model_FindsEveryColorEquallyLikely()
    {
        using var model = ImageGptModel.CreateUntrained(TinyImageGpt.Config, TinyImageGpt.Palette);
        var context = new MLContext(seed: 1);
        var images = context.Data.LoadShapes(5);
        using var scored = context.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model))
            .Fit(images);
        foreach (var nats in scored.Transform(images).GetColumn<float>("NatsPerToken"))
        {
            Assert.AreEqual(Math.Log(8), nats, 1e-5);
        }
    }

    [TestMethod]
    public void CreateUntrained_WhatCannotBe_IsRefused()
    {
        var sizes = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ImageGptModel.CreateUntrained(TinyImageGpt.Config with { Heads = 3, Layers = 0 }));
        StringAssert.Contains(sizes.Message, "Layers is 0");
        StringAssert.Contains(sizes.Message, "EmbeddingSize is 8");
        var config = TinyImageGpt.Config with { Colors = 9 };
        var colors = Assert.ThrowsExactly<ArgumentException>(() => ImageGptModel.CreateUntrained(config, TinyImageGpt.Palette));
        StringAssert.StartsWith(colors.Message, "The palette has 8 colors; the architecture has 9.");
    }

    [TestMethod]
    public void CreateUntrained_Disposed_LeavesNoTensors()
    {
        ImageGptModel.CreateUntrained(TinyImageGpt.Config).Dispose(); // one-time initialization
        Assert.AreEqual(0, LiveTensors.CountLeft(() => ImageGptModel.CreateUntrained(TinyImageGpt.Config).Dispose()));
    }

    private static float[] Weights(ImageGptModel model)
        => [.. model.On(torch.CPU).state_dict()
            .OrderBy(weight => weight.Key, StringComparer.Ordinal)
            .SelectMany(weight => weight.Value.data<float>().ToArray())];
}
