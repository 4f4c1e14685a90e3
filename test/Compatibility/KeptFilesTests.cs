using System.Text.Json;
using IGptMl.Tests.Cli;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Compatibility;

/// <summary>What version 0.9 saved is read by all later versions, and gives the results that it gave then.</summary>
[TestClass]
public sealed class KeptFilesTests
{
    private const double NatsPerToken = 2.0693266689777374;
    private const int TokenSum = 19128; // the keys, each times its position from one

    private static string Pictures => TestData.PathOf("processor");

    [TestMethod]
    [DataRow("model.zip")]
    [DataRow("checkpoint.safetensors")]
    public void Model_HasTheLikelihoodsOfItsTime(string file)
    {
        var json = CommandLine.Run("evaluate", "--model", PathOf(file), "--data", Pictures, "--json").Json();
        Assert.AreEqual(NatsPerToken, json.GetProperty("mean_nats_per_token").GetDouble(), 1e-5);
    }

    [TestMethod]
    [DataRow("probe")]
    [DataRow("finetuned")]
    public void Classifier_PredictsAsInItsTime(string name)
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(PathOf($"{name}.json")));
        var predictions = CommandLine.Run("predict", "--classifier", PathOf($"{name}.zip"), Pictures, "--json").Json().GetProperty("predictions");
        Assert.AreEqual(8, predictions.GetArrayLength());
        foreach (var (kept, now) in expected.RootElement.EnumerateArray().Zip(predictions.EnumerateArray()))
        {
            Assert.AreEqual(kept.GetProperty("class").GetString(), now.GetProperty("predicted_class").GetString());
            Assert.AreEqual(kept.GetProperty("score").GetDouble(), now.GetProperty("score").GetDouble(), 1e-5);
        }
    }

    [TestMethod]
    public void TokenFile_HasTheTokensOfItsTime()
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadTokens(PathOf("images.tokens"));
        var tokens = rows.GetColumn<ushort[]>("Tokens").ToArray();
        Assert.HasCount(40, tokens);
        Assert.AreEqual(TokenSum, tokens.Sum(row => row.Select((key, i) => key * (i + 1)).Sum()));
        var palette = Palette.Load(PathOf("palette.npy"), PaletteRange.MinusOneToOne);
        Assert.AreEqual(8, palette.Count);
    }

    private static string PathOf(string file) => Path.Combine(TestData.PathOf("version-0.9"), file);
}
