using System.Text.Json.Nodes;
using IGptMl.Formats;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Formats;
using TorchSharp;

namespace IGptMl.Tests.Models;

[TestClass]
public sealed class HuggingFaceFolderTests
{
    [TestMethod]
    [DataRow("model.safetensors")]
    [DataRow("pytorch_model.bin")]
    public void Load_EveryFile_IsBitEqual(string file)
    {
        using var folder = new TinyFolder(file);
        using var model = ImageGptModel.Load(folder.Path);
        TinyFolder.AssertIsTiny(model);
        Assert.AreEqual(0.8541644215583801f, model.Palette!.Centers.Span[0]);
        Assert.AreEqual(16, model.Palette.Count);
    }

    [TestMethod]
    public void Load_Shards_IsBitEqual()
    {
        using var folder = new TinyFolder();
        var weights = TinyFolder.ReadWeights(folder.Combine("model.safetensors"));
        File.Delete(folder.Combine("model.safetensors"));
        var map = new JsonObject();
        foreach (var shard in weights.Index().GroupBy(weight => $"model-{weight.Index % 3}.safetensors"))
        {
            folder.WriteWeights(shard.Key, shard.ToDictionary(weight => weight.Item.Key, weight => weight.Item.Value));
            foreach (var (_, weight) in shard)
            {
                map.Add(weight.Key, shard.Key);
            }
        }

        File.WriteAllText(folder.Combine("model.safetensors.index.json"), new JsonObject { ["weight_map"] = map }.ToJsonString());
        using var model = ImageGptModel.Load(folder.Path);
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    public void Load_NoPreprocessor_TakesAGivenPaletteOfTheRightSize()
    {
        using var folder = new TinyFolder();
        using var whole = ImageGptModel.Load(folder.Path);
        using var again = ImageGptModel.Load(folder.Path, whole.Palette!);
        File.Delete(folder.Combine("preprocessor_config.json"));
        using var bare = ImageGptModel.Load(folder.Path);
        Assert.IsNull(bare.Palette);
        using var given = ImageGptModel.Load(folder.Path, whole.Palette!);
        TinyFolder.AssertIsTiny(given);
        Assert.AreEqual(whole.Palette, given.Palette);
        var small = Palette.FromColors(new byte[9]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(folder.Path, small)).Message, "3 colors");
    }

    [TestMethod]
    public void Load_AnotherPaletteThanItsOwn_IsRefused()
    {
        using var folder = new TinyFolder();
        var other = Palette.FromColors(new byte[48]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(folder.Path, other)).Message,
            "has its own palette, which differs");
    }

    [TestMethod]
    [DataRow("model_type", "\"gpt2\"", "model_type is gpt2; expected imagegpt.")]
    [DataRow("n_positions", "63", "n_positions is 63; expected the square")]
    [DataRow("n_inner", "64", "n_inner is 64; expected null or 128.")]
    [DataRow("activation_function", "\"gelu\"", "activation_function is gelu; expected quick_gelu.")]
    [DataRow("layer_norm_epsilon", "1e-6", "layer_norm_epsilon is 1E-06; expected 1E-05.")]
    [DataRow("scale_attn_weights", "false", "scale_attn_weights is False; expected true.")]
    [DataRow("scale_attn_by_inverse_layer_idx", "true", "scale_attn_by_inverse_layer_idx is True; expected false.")]
    [DataRow("add_cross_attention", "true", "add_cross_attention is True; expected false.")]
    [DataRow("tie_word_embeddings", "true", "tie_word_embeddings is True; expected false.")]
    [DataRow("vocab_size", "14", "clusters is 16; expected 13")]
    [DataRow("n_head", "5", "a multiple of Heads (5)")]
    [DataRow("n_embd", "\"wide\"", "config.json' cannot be read")]
    [DataRow("n_layer", "4", "'transformer.h.3.mlp.c_fc.weight' [32, 128] is missing.")]
    public void Load_OptionThatIsNotRun_IsRefusedByName(string name, string value, string part)
    {
        using var folder = new TinyFolder();
        folder.Edit("config.json", json => json[name] = JsonNode.Parse(value));
        StringAssert.Contains(folder.LoadFails(), part);
    }

    [TestMethod]
    [DataRow("n_inner", "128")]
    [DataRow("reorder_and_upcast_attn", "true")]
    [DataRow("resid_pdrop", "0.5")]
    public void Load_OptionThatChangesNoValue_IsPassedOver(string name, string value)
    {
        using var folder = new TinyFolder();
        folder.Edit("config.json", json => json[name] = JsonNode.Parse(value));
        using var model = ImageGptModel.Load(folder.Path);
        TinyFolder.AssertIsTiny(model);
    }

    [TestMethod]
    [DataRow("size", "16", "size is 16; expected 8")]
    [DataRow("size", "{\"height\":8,\"width\":9}", "expected 8")]
    [DataRow("resample", "3", "resample is 3; expected 2")]
    [DataRow("do_normalize", "false", "do_normalize is False")]
    [DataRow("do_resize", "false", "do_resize is False; expected true")]
    [DataRow("do_color_quantize", "false", "do_color_quantize is False")]
    [DataRow("clusters", "[[0,0,0]]", "clusters is 1; expected 16")]
    public void Load_OtherWayToTokens_IsRefusedByName(string name, string value, string part)
    {
        using var folder = new TinyFolder();
        folder.Edit("preprocessor_config.json", json => json[name] = JsonNode.Parse(value));
        StringAssert.Contains(folder.LoadFails(), part);
    }

    [TestMethod]
    [DataRow("true", "224", ImageCropping.CenterCrop)]
    [DataRow("true", "{\"height\":224,\"width\":224}", ImageCropping.CenterCrop)]
    [DataRow("false", "{\"height\":8,\"width\":8}", ImageCropping.Squash)]
    public void Load_Crop_IsTheModels(string crops, string size, ImageCropping expected)
    {
        using var folder = new TinyFolder();
        folder.Edit("preprocessor_config.json", json => (json["do_center_crop"], json["crop_size"]) = (JsonNode.Parse(crops), JsonNode.Parse(size)));
        using var model = ImageGptModel.Load(folder.Path);
        Assert.AreEqual(expected, model.Cropping);
    }

    [TestMethod]
    public void Load_CropOfAnotherSize_IsRefused()
    {
        using var folder = new TinyFolder();
        folder.Edit("preprocessor_config.json", json => (json["do_center_crop"], json["crop_size"]) = (true, 256));
        StringAssert.Contains(folder.LoadFails(), "crop_size is 256; expected 224, as do_center_crop is true.");
    }

    [TestMethod]
    public void Load_BiasThatIsNotZero_IsRefusedWithItsLargestValue()
    {
        using var folder = new TinyFolder();
        folder.EditWeights(weights =>
        {
            weights["transformer.h.1.mlp.c_fc.bias"].Values[5] = -0.25f;
            weights.Add("transformer.h.0.attn.c_attn.bias", ([96], new float[96]));
            weights.Add("transformer.h.2.attn.c_attn.bias", ([96], Enumerable.Repeat(-3f, 96).ToArray()));
        });
        var message = folder.LoadFails();
        StringAssert.Contains(message, "'transformer.h.1.mlp.c_fc.bias' Float32[128] must be zero, as Image GPT has no biases; its largest magnitude is 0.25.");
        StringAssert.Contains(message,
            "'transformer.h.2.attn.c_attn.bias' Float32[96] must be zero, as Image GPT has no biases; its largest magnitude is 3.");
        Assert.DoesNotContain("h.0", message);
    }

    [TestMethod]
    public void Load_TensorsThatDoNotFit_AreListedTogether()
    {
        using var folder = new TinyFolder();
        folder.EditWeights(weights =>
        {
            weights.Remove("transformer.ln_f.weight");
            weights["transformer.h.2.attn.c_proj.weight"] = ([16, 64], new float[1024]);
            weights.Add("transformer.h.0.ln_1.bias", ([32], new float[32]));
            weights.Add("score.weight", ([10, 32], new float[320]));
        });
        var message = folder.LoadFails();
        StringAssert.Contains(message, "model.safetensors'");
        StringAssert.Contains(message, "'transformer.ln_f.weight' [32] is missing.");
        StringAssert.Contains(message, "'transformer.h.2.attn.c_proj.weight' Float32[16, 64] should have floating-point elements of the shape [32, 32].");
        StringAssert.Contains(message, "'transformer.h.0.ln_1.bias' Float32[32] is not part of the model.");
        Assert.DoesNotContain("score.weight", message);
    }

    [TestMethod]
    public void Load_BFloat16_IsWidenedExactly()
    {
        using var folder = new TinyFolder();
        var weights = TinyFolder.ReadWeights(folder.Combine("model.safetensors"));
        using (var stream = File.Create(folder.Combine("model.safetensors")))
        {
            var writer = new SafetensorsWriter(stream, [.. weights.Select(weight => new WeightInfo(weight.Key, WeightType.BFloat16, weight.Value.Shape))]);
            foreach (var (name, weight) in weights)
            {
                writer.Write(name, weight.Values.SelectMany(value => BitConverter.GetBytes(value)[2..]).ToArray().AsSpan());
            }

            writer.Complete();
        }

        using var model = ImageGptModel.Load(folder.Path);
        foreach (var (name, weight) in model.On(torch.CPU).state_dict())
        {
            var expected = Array.ConvertAll(weights[name].Values, value => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & ~0xFFFF));
            CollectionAssert.AreEqual(expected, weight.data<float>().ToArray(), name);
        }
    }

    [TestMethod]
    public void Load_ConfigurationThatClaimsTerabytes_IsRefusedBeforeTheyAreTaken()
    {
        using var folder = new TinyFolder();
        folder.Edit("config.json", json => (json["n_embd"], json["n_layer"]) = (65536, 1000));
        StringAssert.Contains(folder.LoadFails(), "'transformer.h.999.mlp.c_proj.weight' [262144, 65536] is missing.");
    }

    [TestMethod]
    public void Load_ThenDispose_LeavesNoTensor()
    {
        using var folder = new TinyFolder();
        LiveTensors.AssertNoneLeft(() => ImageGptModel.Load(folder.Path).Dispose());
        LiveTensors.AssertNoneLeft(() => ImageGptModel.Load(TestData.PathOf("tiny-tf", "model.ckpt-1000")).Dispose());
    }

    [TestMethod]
    public void Load_NoWeights_NamesTheFilesLookedFor()
    {
        using var folder = new TinyFolder();
        File.Delete(folder.Combine("model.safetensors"));
        StringAssert.Contains(folder.LoadFails(), "'pytorch_model.bin.index.json'");
    }
}
