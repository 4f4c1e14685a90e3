using IGptMl.Formats;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class PretrainCommandTests
{
    [TestMethod]
    public void Pretrain_Json_TellsWhatWasDone()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        var json = CommandLine.Run(
        [
            "pretrain", "--data", "shapes:60", "--limit", "24", "--test", "shapes:12", "--steps", "2", "--json", "--out", path, .. TinyModel.Sizes,
        ]).Json();
        Assert.AreEqual(path, json.GetProperty("model").GetString());
        Assert.IsTrue(json.GetProperty("completed").GetBoolean());
        Assert.AreEqual(2, json.GetProperty("steps").GetInt32());
        Assert.AreEqual(24, json.GetProperty("images").GetInt32());
        Assert.AreEqual(12, json.GetProperty("test").GetProperty("image_count").GetInt32());

        // An untrained network has ln 8 = 2.08 nats per token.
        Assert.AreEqual(Math.Log(8), json.GetProperty("test").GetProperty("mean_nats_per_token").GetDouble(), 0.2);
        using var model = ImageGptModel.Load(path);
        Assert.AreEqual(json.GetProperty("parameters").GetInt64(), model.Config.ParameterCount);
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Pretrain_Zip_LoadsWithMLNet()
    {
        var context = new MLContext();
        var chain = context.Model.Load(TinyModel.ZipPath, out var schema);
        Assert.IsNull(schema);
        var nats = chain.Transform(context.Data.LoadShapes(3)).GetColumn<float>("NatsPerToken").ToArray();
        var images = CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", "shapes:3", "--json").Json().GetProperty("images");
        CollectionAssert.AreEqual(images.EnumerateArray().Select(image => image.GetProperty("nats_per_token").GetSingle()).ToArray(), nats);
        (chain as IDisposable)?.Dispose();
    }

    [TestMethod]
    public void Pretrain_Tokens_GivesAModelThatEvaluatesTokens()
    {
        using var folder = new TemporaryFolder();
        var (path, tokens, palette) = (folder.Combine("model.zip"), folder.Combine("tokens.npy"), folder.Combine("palette.npy"));
        using (var stream = File.Create(tokens))
        {
            NpyFormat.Write(stream, [.. Enumerable.Range(0, 6 * 16).Select(i => (ushort)(i * 5))], 6, 16);
        }

        using (var stream = File.Create(palette))
        {
            Palette.FromColors([.. Enumerable.Range(0, 512).SelectMany(i => new[] { (byte)i, (byte)(i / 256), (byte)0 })]).Write(stream);
        }

        string[] sizes = ["--image-size", "4", "--colors", "512", "--embedding-size", "8", "--layers", "1", "--heads", "2", "--batch-size", "4"];
        CommandLine.Run(["pretrain", "--data", $"tokens:{tokens}", "--steps", "1", "--json", "--out", path, .. sizes]).Json();

        var json = CommandLine.Run("evaluate", "--model", path, "--palette", palette, "--data", $"tokens:{tokens}", "--json").Json();
        Assert.AreEqual(Math.Log(512), json.GetProperty("mean_nats_per_token").GetDouble(), 0.2);
        Assert.AreEqual("tokens.npy#5", json.GetProperty("images")[5].GetProperty("file").GetString());
    }

    [TestMethod]
    public void Pretrain_RandomCrops_GivesAModelThatTakesTheMiddle()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        CommandLine.Run(
        [
            "pretrain", "--data", "shapes:24", "--steps", "1", "--crop", "random", "--crops", "3", "--json", "--out", path, .. TinyModel.Sizes,
        ]).Json();
        using var model = ImageGptModel.Load(path);
        Assert.AreEqual(ImageCropping.CenterCrop, model.Cropping);
        using var chain = (TransformerChain<ITransformer>)new MLContext().Model.Load(path, out _);
        Assert.AreEqual(ImageCropping.CenterCrop, ((PaletteQuantizingTransformer)chain.First()).Cropping);
    }

    [TestMethod]
    public void Pretrain_PaletteAndCache_TakesTheFirstAndReadsTheSecond()
    {
        using var folder = new TemporaryFolder();
        var (palette, cache) = (folder.Combine("palette.npy"), folder.Combine("train.tokens"));
        Contracts.TinyImageGpt.Palette.Save(palette);
        string[] line =
        [
            "pretrain", "--data", "shapes:24", "--steps", "1", "--palette", palette, "--cache-file", cache, "--verbose",
            "--out", folder.Combine("model.zip"), .. TinyModel.Sizes.Where((_, i) => !IsColors(i)),
        ];
        var first = CommandLine.Run(line);
        Assert.AreEqual(0, first.Code, first.Error);
        StringAssert.Contains(first.Error, $"The tokens of 24 rows were written to '{cache}'.");
        StringAssert.Contains(CommandLine.Run(line).Error, $"The tokens of 24 rows were read from '{cache}'.");
        line[2] = "shapes:24:7";
        StringAssert.Contains(CommandLine.Run(line).Error, "they are from other images, or the images have changed since");
        using var model = ImageGptModel.Load(folder.Combine("model.zip"));
        Assert.AreEqual(Contracts.TinyImageGpt.Palette, model.Palette);

        static bool IsColors(int i) => TinyModel.Sizes[i] == "--colors" || (i > 0 && TinyModel.Sizes[i - 1] == "--colors");
    }

    [TestMethod]
    public void Pretrain_PaletteAndColors_IsWrongUsage()
    {
        using var folder = new TemporaryFolder();
        Contracts.TinyImageGpt.Palette.Save(folder.Combine("palette.npy"));
        CommandLine.Run("pretrain", "--data", "shapes:24", "--palette", folder.Combine("palette.npy"), "--colors", "8", "--out", folder.Combine("model.zip"))
            .AssertFails(2, "--colors is for a learned palette");
    }

    [TestMethod]
    public void Pretrain_CropsThatAreNotRandom_IsWrongUsage()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Run("pretrain", "--data", "shapes:24", "--crops", "2", "--out", folder.Combine("model.zip"))
            .AssertFails(2, "--crops is for --crop random.");
    }

    [TestMethod]
    public void Pretrain_SameSeed_GivesTheSameModel()
    {
        using var folder = new TemporaryFolder();
        float[] Train(string name, string seed)
        {
            var path = folder.Combine(name);
            var run = CommandLine.Run(["pretrain", "--data", "shapes:24", "--steps", "2", "--seed", seed, "--out", path, .. TinyModel.Sizes]);
            Assert.AreEqual(0, run.Code, run.Error);
            using var model = ImageGptModel.Load(path);
            return [.. model.On(TorchSharp.torch.CPU).state_dict().Values.SelectMany(weight => weight.data<float>().ToArray())];
        }

        var first = Train("a.zip", "5");
        CollectionAssert.AreEqual(first, Train("b.zip", "5"));
        CollectionAssert.AreNotEqual(first, Train("c.zip", "6"));
    }

    [TestMethod]
    public void Pretrain_CanceledInTraining_SavesTheModelSoFar()
    {
        Assert.IsTrue(File.Exists(TinyModel.ZipPath)); // training has run in this process: the first step will not be slow
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var run = CommandLine.Run(
            cancellation.Token,
            ["pretrain", "--data", "shapes:12", "--test", "shapes:12", "--steps", "100000000", "--json", "--out", path, .. TinyModel.Sizes]);
        Assert.AreEqual(130, run.Code, run.Error);
        StringAssert.Contains(run.Error, "the model so far is saved");
        StringAssert.Contains(run.Output, "\"completed\": false");
        using var model = ImageGptModel.Load(path);
        Assert.AreEqual(4, model.Config.ImageSize);
    }

    [TestMethod]
    public void Pretrain_CanceledBeforeTraining_LeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("model.zip", [1, 2, 3]);
        var run = CommandLine.Run(
            new CancellationToken(canceled: true), ["pretrain", "--data", "shapes:12", "--steps", "3", "--out", path, .. TinyModel.Sizes]);
        Assert.AreEqual(130, run.Code, run.Error);
        StringAssert.Contains(run.Error, "nothing is saved");
        Assert.AreEqual(string.Empty, run.Output);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Pretrain_WhatCannotBe_IsRefusedBeforeTheWork()
    {
        using var folder = new TemporaryFolder();
        var (tokens, zip) = (folder.Combine("t.npy"), folder.Combine("m.zip"));
        var quantized = CommandLine.Run("quantize", "--data", "shapes:20", "--palette", IGptMl.Tests.Images.ProcessorReference.PalettePath, "--image-size", "8",
            "--out", tokens);
        Assert.AreEqual(0, quantized.Code, quantized.Error);
        CommandLine.Run("pretrain", "--data", $"tokens:{tokens}", "--steps", "1", "--out", zip)
            .AssertFails(2, "The tokens are those of images of 8x8 pixels in 512 colors; the model's are of 16x16 pixels in 512 colors. Give --image-size 8.");
        CommandLine.Run("pretrain", "--data", $"tokens:{tokens}", "--colors", "16", "--image-size", "8", "--steps", "1", "--out", zip)
            .AssertFails(2, "Give --colors 512.");
        CommandLine.Run("pretrain", "--data", "shapes:20", "--test", $"tokens:{tokens}", "--image-size", "8", "--steps", "1", "--out", zip)
            .AssertFails(2, "Some of the data are tokens and some are images");
        CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", $"tokens:{tokens}").AssertFails(2, "igpt quantize --model");
        CommandLine.Run("pretrain", "--data", "shapes:20", "--embedding-size", "65536", "--layers", "1024", "--heads", "64", "--out", zip)
            .AssertFails(2, "Choose a smaller model, or a GPU by --gpu.");
        CommandLine.Run("pretrain", "--data", "shapes:20", "--steps", "1", "--checkpoints", Path.Combine(tokens, "run"), "--out", zip)
            .AssertFails(1, "cannot be made");
        Assert.IsFalse(File.Exists(zip));
    }

    [TestMethod]
    public void Pretrain_UnreadableImageAlone_NamesItAndLeavesTheOldFile()
    {
        using var folder = new TemporaryFolder();
        folder.Write("images/b.png", [1, 2, 3]);
        var path = folder.Write("model.zip", [1, 2, 3]);
        CommandLine.Run(["pretrain", "--data", folder.Combine("images"), "--steps", "3", "--out", path, .. TinyModel.Sizes])
            .AssertFails(1, "b.png' cannot be read as an image");
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, File.ReadAllBytes(path));
    }
}
