using System.Security.Cryptography;
using System.Text;
using IGptMl.Models;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>Checkpoints of pretraining, loaded as models.</summary>
[TestClass]
public sealed class TrainingCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LastCheckpoint => _folder.Combine("checkpoint-000000003.safetensors");

    [TestMethod]
    [DataRow(PretrainingObjective.Autoregressive, ImageCropping.Squash)]
    [DataRow(PretrainingObjective.Masked, ImageCropping.CenterCrop)]
    [DataRow(PretrainingObjective.Autoregressive, ImageCropping.RandomCrop)]
    public void Load_LastCheckpoint_IsTheModelThatFitGave(PretrainingObjective objective, ImageCropping cropping)
    {
        using var chain = Pretrain(objective, cropping);
        var expected = chain.LastTransformer.Model;
        LiveTensors.AssertNoneLeft(() =>
        {
            using var model = ImageGptModel.Load(LastCheckpoint);
            Assert.AreEqual(expected.Config, model.Config);
            Assert.AreEqual(TinyImageGpt.Palette, model.Palette);
            Assert.AreEqual(cropping == ImageCropping.Squash ? ImageCropping.Squash : ImageCropping.CenterCrop, model.Cropping);
            CollectionAssert.AreEqual(Weights(expected), Weights(model));
        });
    }

    [TestMethod]
    public void Load_BestWeights_AreThose()
    {
        using var chain = Pretrain(options: new() { ValidationFraction = 0.3, ValidationInterval = 1 });
        using var model = ImageGptModel.Load(_folder.Combine("best.safetensors"));
        CollectionAssert.AreEqual(Weights(chain.LastTransformer.Model), Weights(model));
    }

    [TestMethod]
    public void Load_TokensWithoutPalette_HasNone()
    {
        using var transformer = new MLContext(seed: 1).ImageGeneration.Trainers.ImageGpt(Options).Fit(TokenRows.Create());
        using var model = ImageGptModel.Load(LastCheckpoint);
        Assert.IsNull(model.Palette);
        using var withPalette = ImageGptModel.Load(LastCheckpoint, TinyImageGpt.Palette);
        Assert.AreEqual(TinyImageGpt.Palette, withPalette.Palette);
    }

    [TestMethod]
    public void Load_AnotherName_IsToldByItsBeginning()
    {
        Pretrain().Dispose();
        File.Move(LastCheckpoint, _folder.Combine("model.bin"));
        using var model = ImageGptModel.Load(_folder.Combine("model.bin"));
        Assert.AreEqual(TinyImageGpt.Config, model.Config);
    }

    [TestMethod]
    public void Load_AnyByteDamaged_IsRefusedWithItsPath()
    {
        Pretrain().Dispose();
        var good = File.ReadAllBytes(LastCheckpoint);
        for (var i = 0; i < good.Length; i += i < 200 ? 7 : 997)
        {
            var bytes = (byte[])good.Clone();
            bytes[i] ^= 4;
            File.WriteAllBytes(LastCheckpoint, bytes);
            AssertRefused(LastCheckpoint);
        }

        foreach (var length in new[] { 0, 7, 100, good.Length / 2, good.Length - 1 })
        {
            File.WriteAllBytes(LastCheckpoint, good[..length]);
            AssertRefused(LastCheckpoint);
        }
    }

    [TestMethod]
    public void Load_WeightsAlone_SaysWhatIsMissing()
    {
        var path = _folder.Combine("model.safetensors");
        using (var stream = File.Create(path))
        {
            using var network = TinyImageGpt.CreateNetwork(TinyImageGpt.Config);
            NetworkSafetensors.Write(network, stream);
        }

        AssertRefused("has weights but not the settings of a training run", path);
    }

    [TestMethod]
    [DataRow("`Layers`:2", "`Layers`:3", "'transformer.h.2.ln_1.weight' [8] is missing")]
    [DataRow("`Layers`:2", "`Layers`:1", "is not part of the model")]
    [DataRow("`Layers`:2", "`Layers`:0", "Layers is 0; expected 1 to 1024")]
    [DataRow("`Layers`:2", "`Layers`:x", "does not have a valid architecture")]
    [DataRow("`Colors`:8", "`Colors`:9", "should have floating-point elements of the shape")]
    [DataRow("\"Model\":", "\"Madel\":", "is a training checkpoint, but not one of an Image GPT")]
    [DataRow("\"CenterCrop\"", "\"KenterCrop\"", "'KenterCrop'; expected Squash or")]
    public void Load_OtherSettings_AreRefused(string original, string changed, string named)
    {
        Pretrain(cropping: ImageCropping.CenterCrop).Dispose();
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(LastCheckpoint));
        Assert.Contains(Escape(original), text);
        var content = Encoding.Latin1.GetBytes(text.Replace(Escape(original), Escape(changed), StringComparison.Ordinal))[..^SHA256.HashSizeInBytes];
        File.WriteAllBytes(LastCheckpoint, [.. content, .. SHA256.HashData(content)]);
        AssertRefused(named);

        // The architecture is JSON within the JSON of the run within the JSON of the header.
        static string Escape(string json) => json.Replace("`", @"\\u0022", StringComparison.Ordinal).Replace("\"", @"\u0022", StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static float[] Weights(ImageGptModel model) => [.. model.On(torch.CPU).state_dict()
        .OrderBy(w => w.Key, StringComparer.Ordinal)
        .SelectMany(w => w.Value.data<float>().ToArray())];

    private void AssertRefused(string part, string? path = null)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(path ?? LastCheckpoint).Dispose());
        StringAssert.Contains(error.Message, part);
        StringAssert.Contains(error.Message, path ?? LastCheckpoint);
    }

    private ImageGptTrainer.Options Options => new()
    {
        Model = TinyImageGpt.Config, Steps = 3, BatchSize = 4, Seed = 1, LearningRate = 0.01, CheckpointFolder = _folder.Path,
    };

    private Microsoft.ML.Data.TransformerChain<ImageGptTransformer> Pretrain(
        PretrainingObjective objective = default,
        ImageCropping cropping = default,
        ImageGptTrainer.Options? options = null)
    {
        var context = new MLContext(seed: 1);
        var settings = Options with
        {
            Model = TinyImageGpt.Config with { Objective = objective },
            ValidationFraction = options?.ValidationFraction ?? 0,
            ValidationInterval = options?.ValidationInterval,
        };
        return context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4, cropping)
            .Append(context.ImageGeneration.Trainers.ImageGpt(settings))
            .Fit(ImageRows.Create());
    }
}
