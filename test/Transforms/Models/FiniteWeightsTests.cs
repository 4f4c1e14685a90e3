using System.Runtime.InteropServices;
using IGptMl.Tests.Cli;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Tests.Models;

/// <summary>Weights that are not finite are rejected when they are read, from every form and by every command, with the same message.</summary>
[TestClass]
public sealed class FiniteWeightsTests : IDisposable
{
    private const string Tensor = "transformer.h.1.mlp.c_fc.weight";
    private const string Words = "is NaN. Weights must be finite numbers";

    private readonly TemporaryFolder _folder = new();

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("chain.zip")]
    [DataRow("exported")]
    [DataRow("model.ckpt")]
    public void Load_AnyForm_NamesFileAndTensor(string form)
    {
        var path = Write(form);
        var message = Assert.ThrowsExactly<InvalidDataException>(() => ImageGptModel.Load(path).Dispose()).Message;
        StringAssert.Contains(message, path);
        StringAssert.Contains(message, form == "model.ckpt" ? "'model/h1/mlp/c_fc/w'" : $"'{Tensor}'");
        StringAssert.Contains(message, Words);
    }

    [TestMethod]
    public void LoadByMLNet_NamesTensor()
    {
        var path = Write("chain.zip");
        var message = Assert.Throws<Exception>(() => new MLContext(1).Model.Load(path, out _)).GetBaseException().Message; // ML.NET wraps it
        StringAssert.Contains(message, $"'{Tensor}'");
        StringAssert.Contains(message, Words);
    }

    [TestMethod]
    [DataRow("evaluate --data shapes:2")]
    [DataRow("features --data shapes:2 --out OUT.npy")]
    [DataRow("probe --data shapes:20 --test shapes:10")]
    [DataRow("finetune --data shapes:20 --out OUT.zip")]
    [DataRow("sample --count 1 --out OUT")]
    [DataRow("complete --data shapes:1 --out OUT")]
    [DataRow("export --format huggingface --out OUT")]
    public void EveryCommand_SaysTheSame(string command)
    {
        var path = Write("exported");
        var run = CommandLine.Run([.. command.Replace("OUT", _folder.Combine("out"), StringComparison.Ordinal).Split(' '), "--model", path]);
        run.AssertFails(1, $"'{Tensor}'");
        StringAssert.Contains(run.Error, Words);
        Assert.IsEmpty(Directory.GetFiles(_folder.Path, "out*"));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Writes the reference model with one weight that is NaN.</summary>
    private string Write(string form)
    {
        var path = _folder.Combine(form);
        if (form == "model.ckpt")
        {
            using var rewritten = TensorFlowCheckpointTests.Rewrite(_ => true, add: null, change: (name, values) =>
            {
                if (name == "model/h1/mlp/c_fc/w")
                {
                    values[7] = float.NaN;
                }
            });
            File.Copy(rewritten.Combine("m.index"), $"{path}.index");
            File.Copy(rewritten.Combine("m.data-00000-of-00001"), $"{path}.data-00000-of-00001");
            return path;
        }

        using var model = ImageGptModel.Load(TestData.PathOf("tiny"));
        MemoryMarshal.Cast<byte, float>(model.On(torch.CPU).state_dict()[Tensor].bytes)[7] = float.NaN;
        switch (form)
        {
            case "model.zip":
                model.Save(path);
                break;
            case "exported":
                model.SaveAsHuggingFace(path);
                break;
            default:
                var context = new MLContext(1);
                using (var chain = context.Transforms.QuantizeToPalette("Tokens", "Image", model)
                    .Append(context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1)).Fit(context.Data.LoadShapes(1)))
                {
                    context.Model.Save(chain, null, path);
                }

                break;
        }

        return path;
    }
}
