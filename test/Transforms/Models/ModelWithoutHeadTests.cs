using System.Text.Json.Nodes;
using IGptMl.Formats;
using IGptMl.Tests.Cli;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>Hugging Face folders of ImageGPTModel and ImageGPTForImageClassification, which have no language-model head.</summary>
[TestClass]
public sealed class ModelWithoutHeadTests
{
    private const string Head = "lm_head.weight";

    private readonly MLContext _context = new(1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Load_WithoutHead_HasAllOtherWeightsAndFeatures(bool isClassifier)
    {
        using var folder = Write(isClassifier);
        using var model = ImageGptModel.Load(folder.Path);
        using var whole = ImageGptModel.Load(TestData.PathOf("tiny"));
        Assert.IsTrue(whole.HasHead);
        AssertHasAllButTheHead(model);
        CollectionAssert.AreEqual(Features(whole), Features(model));
    }

    [TestMethod]
    public void SaveAndExport_WithoutHead_ComeBackWithoutIt()
    {
        using var folder = Write(isClassifier: true);
        using var model = ImageGptModel.Load(folder.Path);
        model.Save(folder.Combine("model.zip"));
        model.SaveAsHuggingFace(folder.Combine("exported"));
        foreach (var form in (string[])["model.zip", "exported"])
        {
            using var again = ImageGptModel.Load(folder.Combine(form));
            AssertHasAllButTheHead(again);
            Assert.AreEqual(model.Palette, again.Palette);
        }

        // As Hugging Face itself saves it: by names without the prefix of the models with a head.
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.Combine("exported"), "config.json")))!;
        Assert.AreEqual("ImageGPTModel", (string?)config["architectures"]![0]);
        using var reader = SafetensorsReader.OpenFile(Path.Combine(folder.Combine("exported"), "model.safetensors"));
        CollectionAssert.IsSubsetOf((string[])["wte.weight", "h.0.attn.c_attn.weight", "h.2.mlp.c_proj.bias", "ln_f.weight"],
            reader.Weights.Select(weight => weight.Name).ToArray());
        Assert.IsFalse(reader.Weights.Any(weight => weight.Name.StartsWith("transformer.", StringComparison.Ordinal) || weight.Name == Head));
    }

    [TestMethod]
    public void EstimatorsThatPredictTokens_RefuseByName()
    {
        using var folder = Write(isClassifier: false);
        using var model = ImageGptModel.Load(folder.Path);
        AssertRefused(() => _context.Transforms.CalculateImageLikelihood("NatsPerToken", "Tokens", model));
        AssertRefused(() => _context.Transforms.CompleteImages("Completed", "Image", model));
        AssertRefused(() => _context.ImageGeneration.Sample(model, 1));
        AssertRefused(() => new EvaluationStudy(_context, model));

        static void AssertRefused(Action use)
        {
            var error = Assert.ThrowsExactly<ArgumentException>(use);
            Assert.AreEqual("model", error.ParamName);
            StringAssert.Contains(error.Message, $"language-model head ('{Head}')");
        }
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(1.0)]
    public void FineTune_WithoutHead_LearnsOneOnlyForTheJointLoss(double weight)
    {
        using var folder = Write(isClassifier: false);
        using var model = ImageGptModel.Load(folder.Path);
        var images = _context.Data.LoadShapes(20);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", model).Fit(images).Transform(images);
        using var tuned = _context.MulticlassClassification.Trainers
            .ImageGptFineTune(model, new ImageGptFineTuneTrainer.Options { Steps = 2, BatchSize = 4, GenerativeWeight = weight, ValidationFraction = 0 })
            .Fit(tokens);
        Assert.AreEqual(weight > 0, tuned.Model.HasHead);
        Assert.IsFalse(model.HasHead);
        var head = tuned.Model.On(torch.CPU).state_dict()[Head].data<float>().ToArray();
        Assert.AreEqual(weight > 0, Array.Exists(head, value => value != 0));
    }

    [TestMethod]
    [DataRow("evaluate --data shapes:2")]
    [DataRow("sample --count 1 --out OUT")]
    [DataRow("complete --data shapes:1 --out OUT")]
    [DataRow("report --data shapes:20 --test shapes:10 --out OUT")]
    [DataRow("probe --data shapes:20 --test shapes:10 --report OUT")]
    public void Commands_ThatPredictTokens_NameTheModel(string command)
    {
        using var folder = Write(isClassifier: false);
        CommandLine.Run([.. Arguments(command, folder), "--model", folder.Path]).AssertFails(1, $"'{folder.Path}': the model was saved without its "
            + "language-model head");
    }

    [TestMethod]
    [DataRow("features --data shapes:2 --out OUT.npy")]
    [DataRow("probe --data shapes:60 --test shapes:20 --layers 1")]
    [DataRow("finetune --data shapes:20 --steps 1 --batch-size 4 --out OUT.zip")]
    [DataRow("export --format huggingface --out OUT")]
    public void Commands_ThatNeedNoHead_Work(string command)
    {
        using var folder = Write(isClassifier: true);
        var run = CommandLine.Run([.. Arguments(command, folder), "--model", folder.Path]);
        Assert.AreEqual(0, run.Code, run.Error);
    }

    [TestMethod]
    public void Import_WithoutHead_TakesImagesToFeatures()
    {
        using var folder = Write(isClassifier: false);
        var zip = folder.Combine("model.zip");
        var run = CommandLine.Run("import", folder.Path, "--out", zip);
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Error, "layer 1");
        var rows = _context.Model.Load(zip, out _).Transform(_context.Data.LoadShapes(1));
        Assert.AreEqual(32, ((VectorDataViewType)rows.Schema["Features"].Type).Size);
        using var model = ImageGptModel.Load(zip);
        AssertHasAllButTheHead(model);
    }

    private static string[] Arguments(string command, TinyFolder folder) => command.Replace("OUT", folder.Combine("out"), StringComparison.Ordinal).Split(' ');

    private float[] Features(ImageGptModel model)
    {
        var images = _context.Data.LoadShapes(3);
        using var chain = _context.Transforms.QuantizeToPalette("Tokens", "Image", model)
            .Append(_context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1, 3)).Fit(images);
        return [.. chain.Transform(images).GetColumn<float[]>("Features").SelectMany(row => row)];
    }

    private static void AssertHasAllButTheHead(ImageGptModel model)
    {
        Assert.IsFalse(model.HasHead);
        var expected = TinyFolder.ReadWeights(TestData.PathOf("tiny", "model.safetensors"));
        foreach (var (name, weight) in model.On(torch.CPU).state_dict())
        {
            var values = name == Head ? new float[expected[name].Values.Length] : expected[name].Values;
            CollectionAssert.AreEqual(values, weight.data<float>().ToArray(), name);
        }
    }

    /// <summary>The reference folder as ImageGPTModel saves it, without the prefix of names, or as ImageGPTForImageClassification does.</summary>
    private static TinyFolder Write(bool isClassifier)
    {
        var folder = new TinyFolder();
        folder.Edit("config.json", json => json["architectures"] = new JsonArray(isClassifier ? "ImageGPTForImageClassification" : "ImageGPTModel"));
        folder.EditWeights(weights =>
        {
            weights.Remove(Head);
            if (isClassifier)
            {
                weights.Add("score.weight", ([10, 32], new float[320]));
                return;
            }

            foreach (var name in weights.Keys.ToArray())
            {
                weights.Remove(name, out var weight);
                weights.Add(name["transformer.".Length..], weight);
            }
        });
        return folder;
    }
}
