using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Hosting;

/// <summary>Tokens are keys of UInt16, as QuantizeToPalette gives them, or of UInt32, as ML.NET's own transforms do, or of Byte.</summary>
[TestClass]
public sealed class TokenColumnTests
{
    [TestMethod]
    [DataRow(typeof(uint))]
    [DataRow(typeof(byte))]
    public void Features_OfKeysOfAnotherType_AreThoseOfUInt16(Type type)
    {
        var context = new MLContext(seed: 1);
        using var model = TinyImageGpt.CreateModel();
        using var extractor = context.Transforms.ExtractImageGptFeatures("Features", "Tokens", model, 1).Fit(TokenRows.Create());
        var vector = new VectorDataViewType(new KeyDataViewType(type, TokenRows.Colors), TokenRows.Context);
        var other = type == typeof(uint)
            ? new TableView(21).AddVector("Tokens", vector, row => Array.ConvertAll(TokenRows.Keys(row), key => (uint)key))
            : new TableView(21).AddVector("Tokens", vector, row => Array.ConvertAll(TokenRows.Keys(row), key => (byte)key));
        var expected = Features(extractor.Transform(TokenRows.Create()));
        var actual = Features(extractor.Transform(other));
        Assert.HasCount(21, actual);
        foreach (var (e, a) in expected.Zip(actual))
        {
            CollectionAssert.AreEqual(e, a);
        }
    }

    [TestMethod]
    public void Pretrain_OnKeysOfUInt32_GivesTheWeightsOfUInt16()
    {
        var context = new MLContext(seed: 1);
        var vector = new VectorDataViewType(new KeyDataViewType(typeof(uint), TokenRows.Colors), TokenRows.Context);
        var wide = new TableView(21).AddVector("Tokens", vector, row => Array.ConvertAll(TokenRows.Keys(row), key => (uint)key));
        var trainer = context.ImageGeneration.Trainers.ImageGpt("Tokens", new()
        {
            Model = TinyImageGpt.Config,
            Steps = 2,
            BatchSize = 4,
            LearningRate = 0.01,
            Seed = 1,
        });
        using var first = trainer.Fit(TokenRows.Create());
        using var second = trainer.Fit(wide);
        var tokens = TokenRows.Create();
        Assert.AreEqual(
            context.ImageGeneration.Evaluate(first.Transform(tokens)).NatsPerToken, context.ImageGeneration.Evaluate(second.Transform(tokens)).NatsPerToken);
    }

    private static float[][] Features(IDataView data) => [.. data.GetColumn<float[]>("Features")];
}
