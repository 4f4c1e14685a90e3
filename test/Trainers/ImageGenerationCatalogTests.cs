using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests;

[TestClass]
public sealed class ImageGenerationCatalogTests
{
    private static readonly MLContext Context = new();

    [TestMethod]
    public void Evaluate_Values_GivesTheirMeanInEveryUnit()
    {
        var metrics = Context.ImageGeneration.Evaluate(Nats(1, 2, 6));
        Assert.AreEqual(3, metrics.NatsPerToken, 1e-12);
        Assert.AreEqual(3 / Math.Log(2) / 3, metrics.BitsPerDimension, 1e-12);
        Assert.AreEqual(Math.Exp(3), metrics.Perplexity, 1e-9);
        Assert.AreEqual(3, metrics.ImageCount);
        Assert.AreEqual(0, metrics.SkippedCount);
    }

    [TestMethod]
    public void Evaluate_MissingValues_AreCountedApart()
    {
        var metrics = Context.ImageGeneration.Evaluate(Nats(1, float.NaN, 2, float.NaN));
        Assert.AreEqual(1.5, metrics.NatsPerToken, 1e-12);
        Assert.AreEqual(2, metrics.ImageCount);
        Assert.AreEqual(2, metrics.SkippedCount);
    }

    [TestMethod]
    public void Evaluate_NothingToEvaluate_SaysSo()
    {
        Assert.AreEqual("There is nothing to evaluate: column 'NatsPerToken' holds no value.",
            Assert.ThrowsExactly<InvalidOperationException>(() => Context.ImageGeneration.Evaluate(Nats())).Message);
        Assert.AreEqual("There is nothing to evaluate: column 'NatsPerToken' holds no value in 2 rows.",
            Assert.ThrowsExactly<InvalidOperationException>(() => Context.ImageGeneration.Evaluate(Nats(float.NaN, float.NaN))).Message);
    }

    [TestMethod]
    public void Evaluate_ColumnMissing_IsNamed()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Context.ImageGeneration.Evaluate(Nats(1), "natsPerToken"));
        Assert.StartsWith("Could not find nats per token column 'natsPerToken'", error.Message);
    }

    [TestMethod]
    public void Evaluate_ColumnOfAnotherType_IsRefused()
    {
        var view = new TableView(1).AddUnread("NatsPerToken", NumberDataViewType.Double);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Context.ImageGeneration.Evaluate(view));
        Assert.StartsWith("Schema mismatch for nats per token column 'NatsPerToken': expected Single, got Double", error.Message);
    }

    [TestMethod]
    public void Evaluate_NoData_IsRefused() => Assert.ThrowsExactly<ArgumentNullException>(() => Context.ImageGeneration.Evaluate(null!));

    private static TableView Nats(params float[] values) => new TableView(values.Length).Add("NatsPerToken", NumberDataViewType.Single, row => values[row]);
}
