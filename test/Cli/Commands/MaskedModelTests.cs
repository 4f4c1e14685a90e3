using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Models;

namespace IGptMl.Tests.Cli.Commands;

/// <summary>The commands with a masked model.</summary>
[TestClass]
public sealed class MaskedModelTests
{
    [TestMethod]
    public void Commands_MaskedModel_PretrainEvaluateAndExtract()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        var pretraining = CommandLine.Run(
        [
            "pretrain", "--data", "shapes:24", "--test", "shapes:6", "--steps", "2", "--objective", "masked", "--mask-probability", "0.3",
            "--json", "--out", path, .. TinyModel.Sizes,
        ]).Json();
        Assert.AreEqual(Math.Log(8), pretraining.GetProperty("test").GetProperty("mean_nats_per_token").GetDouble(), 0.2);
        using (var model = ImageGptModel.Load(path))
        {
            Assert.AreEqual(PretrainingObjective.Masked, model.Config.Objective);
            Assert.AreEqual(pretraining.GetProperty("parameters").GetInt64(), model.Config.ParameterCount);
        }

        var nats = Evaluate();
        CollectionAssert.AreEqual(nats, Evaluate("--mask-probability", "0.15", "--mask-seed", "0"));
        CollectionAssert.AreNotEqual(nats, Evaluate("--mask-seed", "1"));

        var features = Extract();
        CollectionAssert.AreEqual(features, Extract("--mask-probability", "0.15"));
        CollectionAssert.AreNotEqual(features, Extract("--mask-probability", "0"));

        CommandLine.Run("export", "--model", path, "--format", "huggingface", "--out", folder.Combine("out")).AssertFails(1, "no masked mode");

        double[] Evaluate(params string[] more)
        {
            var json = CommandLine.Run(["evaluate", "--model", path, "--data", "shapes:4", "--json", .. more]).Json();
            return [.. json.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("nats_per_token").GetDouble())];
        }

        float[] Extract(params string[] more)
        {
            var run = CommandLine.Run(["features", "--model", path, "--data", "shapes:4", "--layers", "1", "--out", folder.Combine("f.npy"), .. more]);
            Assert.AreEqual(0, run.Code, run.Error);
            return NpyFormat.Read(folder.Combine("f.npy")).Values<float>().ToArray();
        }
    }

    [TestMethod]
    public void Import_CheckpointWithoutStart_IsAMaskedModel()
    {
        using var folder = TensorFlowCheckpointTests.WriteMasked();
        var json = CommandLine.Run("import", folder.Combine("m"), "--out", folder.Combine("model.zip"), "--json").Json();
        Assert.AreEqual("masked", json.GetProperty("objective").GetString());
        using var model = ImageGptModel.Load(folder.Combine("model.zip"));
        Assert.AreEqual(PretrainingObjective.Masked, model.Config.Objective);
    }

    [TestMethod]
    public void Masks_OfAnAutoregressiveModel_AreWrongUsage()
    {
        CommandLine.Run("evaluate", "--model", TinyModel.ZipPath, "--data", "shapes:3", "--mask-seed", "1")
            .AssertFails(2, "this model is autoregressive");
        CommandLine.Run(["pretrain", "--data", "shapes:3", "--mask-probability", "0.2", "--out", "model.zip", .. TinyModel.Sizes])
            .AssertFails(2, "--mask-probability is for --objective masked");
        CommandLine.Run(["pretrain", "--data", "shapes:3", "--objective", "bert", "--out", "model.zip", .. TinyModel.Sizes]).AssertFails(2, "'bert'");
    }
}
