using System.Text.Json.Nodes;
using IGptMl.Formats;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class HuggingFaceExportTests
{
    [TestMethod]
    public void Write_ThenLoad_IsBitEqual()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        model.SaveAsHuggingFace(folder.Combine("out"));
        using var again = ImageGptModel.Load(folder.Combine("out"));
        TinyFolder.AssertIsTiny(again);
        Assert.AreEqual(model.Palette, again.Palette);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Write_EveryTensorOfTheReference_IsThereWithItsValues()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        model.SaveAsHuggingFace(folder.Combine("out"));
        var written = TinyFolder.ReadWeights(folder.Combine("out", "model.safetensors"));
        var expected = TinyFolder.ReadWeights(TestData.PathOf("tiny", "model.safetensors"));
        foreach (var (name, weight) in expected)
        {
            CollectionAssert.AreEqual(weight.Shape, written[name].Shape, name);
            CollectionAssert.AreEqual(weight.Values, written[name].Values, name);
        }

        // The reference lacks one bias per layer, which Hugging Face's layers have anyway.
        var biases = Enumerable.Range(0, 3).Select(layer => $"transformer.h.{layer}.attn.c_attn.bias");
        CollectionAssert.AreEquivalent(biases.ToArray(), written.Keys.Except(expected.Keys).ToArray());
        CollectionAssert.AreEqual(new float[96], written["transformer.h.1.attn.c_attn.bias"].Values);
        using var reader = SafetensorsReader.OpenFile(folder.Combine("out", "model.safetensors"));
        Assert.AreEqual("pt", reader.Metadata["format"]);
    }

    [TestMethod]
    public void Write_Settings_AreTheReferences()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        model.SaveAsHuggingFace(folder.Combine("out"));
        var expected = JsonNode.Parse(File.ReadAllText(TestData.PathOf("tiny", "config.json")))!.AsObject();
        var written = JsonNode.Parse(File.ReadAllText(folder.Combine("out", "config.json")))!.AsObject();
        foreach (var (name, value) in expected.Where(setting => !setting.Key.EndsWith("_pdrop", StringComparison.Ordinal)))
        {
            Assert.IsTrue(written.ContainsKey(name) && JsonNode.DeepEquals(value, written[name]), name);
        }

        var processor = JsonNode.Parse(File.ReadAllText(folder.Combine("out", "preprocessor_config.json")))!;
        Assert.AreEqual("ImageGPTImageProcessor", processor["image_processor_type"]!.GetValue<string>());
        Assert.AreEqual(8, processor["size"]!["height"]!.GetValue<int>());
        Assert.AreEqual(8, processor["size"]!["width"]!.GetValue<int>());
        Assert.HasCount(16, processor["clusters"]!.AsArray());
    }

    [TestMethod]
    public void Write_NoPalette_LeavesThePreprocessorOut()
    {
        using var folder = new TemporaryFolder();
        using var model = ImageGptModel.Load(TestData.PathOf("tiny-tf", "model.ckpt-1000"));
        Directory.CreateDirectory(folder.Combine("out"));
        model.SaveAsHuggingFace(folder.Combine("out"));
        Assert.IsFalse(File.Exists(folder.Combine("out", "preprocessor_config.json")));
        using var again = ImageGptModel.Load(folder.Combine("out"));
        TinyFolder.AssertIsTiny(again);
    }

    [TestMethod]
    public void Write_MaskedModel_IsRefusedAsHuggingFaceHasNone()
    {
        using var folder = new TemporaryFolder();
        using var model = TinyImageGpt.CreateModel(objective: PretrainingObjective.Masked);
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() => model.SaveAsHuggingFace(folder.Combine("out"))).Message, "no masked mode");
        Assert.HasCount(0, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    [DataRow(ImageCropping.Squash)]
    [DataRow(ImageCropping.CenterCrop)]
    public void Write_Cropping_ComesBack(ImageCropping cropping)
    {
        using var folder = new TemporaryFolder();
        using var read = ImageGptModel.Load(TestData.PathOf("tiny"));
        using var model = read.WithCropping(cropping);
        model.SaveAsHuggingFace(folder.Combine("out"));
        using var again = ImageGptModel.Load(folder.Combine("out"));
        Assert.AreEqual(cropping, again.Cropping);
        var settings = File.ReadAllText(folder.Combine("out", "preprocessor_config.json"));
        Assert.AreEqual(cropping == ImageCropping.CenterCrop, settings.Contains("crop", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Write_FolderWithSomethingInIt_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out/notes.txt", [1]);
        using var model = TinyImageGpt.CreateModel();
        StringAssert.Contains(Assert.ThrowsExactly<IOException>(() => model.SaveAsHuggingFace(folder.Combine("out"))).Message, "already exists");
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }
}
