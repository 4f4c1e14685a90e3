using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class ReferenceFolderTests
{
    [TestMethod]
    [DataRow("tiny")]
    [DataRow("small")]
    [DataRow("wide-heads/heads32")]
    [DataRow("wide-heads/heads64")]
    public void Evaluate_ImagesOfTheReference_GivesItsNats(string name) => ReferenceEvaluation.AssertEvaluates(name, "--model", TestData.PathOf(name));

    [TestMethod]
    public void Evaluate_CheckpointWithItsPalette_GivesTheReferencesNats()
    {
        using var folder = new TemporaryFolder();
        using var reference = ImageGptModel.Load(TestData.PathOf("tiny"));
        reference.Palette!.Save(folder.Combine("palette.npy"));
        ReferenceEvaluation.AssertEvaluates("tiny", "--model", TestData.PathOf("tiny-tf", "model.ckpt-1000"), "--palette", folder.Combine("palette.npy"));
    }

    [TestMethod]
    [DataRow("tiny", 32, 4)]
    [DataRow("small", 64, 5)]
    [DataRow("wide-heads/heads32", 96, 4)]
    [DataRow("wide-heads/heads64", 128, 4)]
    public void Features_ImagesOfTheReference_AreItsFeatures(string name, int width, int layers)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("f.npy");
        var run = CommandLine.Run("features", "--model", TestData.PathOf(name), "--data", TestData.PathOf(name, "images"), "--layers", "all", "--out", path);
        Assert.AreEqual(0, run.Code, run.Error);
        var array = NpyFormat.Read(path);
        Assert.AreEqual($"(3, {width * layers})", array.Header.ShapeText);
        var values = array.Values<float>().ToArray();
        for (var layer = 0; layer < layers; layer++)
        {
            var expected = ReferenceEvaluation.Values(name, $"features.{layer}");
            var largest = expected.Max(MathF.Abs);
            for (var i = 0; i < expected.Length; i++)
            {
                var actual = values[(i / width * width * layers) + (layer * width) + (i % width)];
                Assert.AreEqual(expected[i], actual, ReferenceEvaluation.Tolerance * largest, $"layer {layer}, value {i}");
            }
        }
    }
}
