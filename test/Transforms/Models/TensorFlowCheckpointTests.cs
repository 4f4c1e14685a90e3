using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class TensorFlowCheckpointTests
{
    private const string Prefix = "model.ckpt-1000";

    [TestMethod]
    public void Load_TinyModel_IsBitEqualToTheFolder()
    {
        using var model = ImageGptModel.Load(TestData.PathOf("tiny-tf", Prefix));
        TinyFolder.AssertIsTiny(model);
        Assert.IsNull(model.Palette);
    }

    [TestMethod]
    public void Load_NoStart_IsAMaskedModelWithAllOtherWeights()
    {
        using var folder = WriteMasked();
        using var model = ImageGptModel.Load(folder.Combine("m"));
        var config = new ImageGptConfig
        {
            ImageSize = 8, Colors = 16, EmbeddingSize = 32, Layers = 3, Heads = 4, Objective = PretrainingObjective.Masked,
        };
        Assert.AreEqual(config, model.Config);
        using var reference = ImageGptModel.Load(TestData.PathOf("tiny"));
        var expected = reference.On(torch.CPU).state_dict();
        var loaded = model.On(torch.CPU).state_dict();
        CollectionAssert.AreEqual(expected.Keys.ToArray(), loaded.Keys.ToArray());
        foreach (var (name, weight) in loaded)
        {
            var values = expected[name].data<float>().ToArray();
            CollectionAssert.AreEqual(name == "transformer.wte.weight" ? values[..^32] : values, weight.data<float>().ToArray(), name);
        }
    }

    [TestMethod]
    public void Load_MaskedModelThroughAZip_IsBitEqual()
    {
        using var folder = WriteMasked();
        using var model = ImageGptModel.Load(folder.Combine("m"));
        var context = new MLContext();
        using var transformer = new ImageGptTransformer(context, model.Share(), "Tokens", new TokenMasking { Seed = 4, Probability = 0.3 });
        context.Model.Save(transformer, null, folder.Combine("model.zip"));
        using var again = ImageGptModel.Load(folder.Combine("model.zip"));
        Assert.AreEqual(model.Config, again.Config);
        CollectionAssert.AreEqual(Weights(model), Weights(again));
        using var loaded = (ImageGptTransformer)context.Model.Load(folder.Combine("model.zip"), out _);
        Assert.AreEqual(new TokenMasking { Seed = 4, Probability = 0.3 }, loaded.Masking);

        static float[] Weights(ImageGptModel model) => [.. model.On(torch.CPU).state_dict().Values.SelectMany(weight => weight.data<float>().ToArray())];
    }

    [TestMethod]
    public void Load_NoModel_NamesWhatIsMissing()
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(TestData.PathOf("tf-checkpoint-real", "model.ckpt")));
        StringAssert.Contains(error.Message, "'model/wte' [colors, d]");
    }

    [TestMethod]
    public void Load_VariablesThatDoNotFit_AreListedTogether()
    {
        var message = LoadFails(
            name => name is not ("model/ln_f/g" or "model/h1/attn/v_proj"),
            builder => builder.Variable("model/h0/ln_1/b", 1, [2], new byte[8]));
        StringAssert.Contains(message, "'model/ln_f/g' [32] is missing.");
        StringAssert.Contains(message, "'model/h1/attn/v_proj' [4, 8, 32] is missing.");
        StringAssert.Contains(message, "'model/h0/ln_1/b' Float32[2] is not part of the model.");
    }

    [TestMethod]
    public void Load_VariablesOfTheOptimizerAndAClassifier_ArePassedOver()
    {
        using var folder = Rewrite(_ => true, builder => builder
            .Variable("adam_m/model/wte", 1, [2], new byte[8])
            .Variable("model/clf/wclf", 1, [2], new byte[8])
            .Variable("global_step", 9, [], new byte[8]));
        using var model = ImageGptModel.Load(folder.Combine("m"));
        TinyFolder.AssertIsTiny(model);
    }

    /// <summary>The reference's variables without the start-of-sequence vector, as in OpenAI's BERT checkpoints, with the prefix "m".</summary>
    internal static TemporaryFolder WriteMasked() => Rewrite(name => name != "model/sos", add: null);

    private static string LoadFails(Func<string, bool> keep, Action<TensorFlowFileBuilder>? add = null)
    {
        using var folder = Rewrite(keep, add);
        return Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(folder.Combine("m")).Dispose()).Message;
    }

    /// <summary>The reference's variables that are to be kept, and others, with the prefix "m".</summary>
    internal static TemporaryFolder Rewrite(Func<string, bool> keep, Action<TensorFlowFileBuilder>? add, Action<string, float[]>? change = null)
    {
        using var reader = TensorFlowReader.OpenFile(TestData.PathOf("tiny-tf", Prefix));
        var builder = new TensorFlowFileBuilder();
        foreach (var weight in reader.Weights.Where(weight => weight.Type == WeightType.Float32 && keep(weight.Name)))
        {
            var values = SafetensorsReaderTests.Floats(reader, weight.Name);
            change?.Invoke(weight.Name, values);
            builder.Variable(weight.Name, 1, weight.Shape, MemoryMarshal.AsBytes<float>(values).ToArray());
        }

        add?.Invoke(builder);
        var folder = new TemporaryFolder();
        folder.Write("m.index", builder.Index());
        folder.Write("m.data-00000-of-00001", builder.Data());
        return folder;
    }
}
