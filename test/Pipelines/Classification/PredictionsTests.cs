using IGptMl.Classification;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Classification;

[TestClass]
public sealed class PredictionsTests
{
    [TestMethod]
    public void Metrics_AreThoseOfMLNet()
    {
        const int rows = 200, classes = 8;
        var random = new Random(1);
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => random.Next(classes))];
        var scores = FeatureMatrix.Create(rows, classes, (row, values) =>
        {
            for (var i = 0; i < classes; i++)
            {
                values[i] = random.Next(5) / 5f; // with ties
            }
        });
        var context = new MLContext(seed: 1);
        var view = new MemoryView([.. Enumerable.Range(0, rows)])
            .Add("Label", labels, classes)
            .Add("Score", scores)
            .Add("PredictedLabel", new KeyDataViewType(typeof(uint), classes), (int _, ref uint value) => value = 1);
        var expected = context.MulticlassClassification.Evaluate(view, topKPredictionCount: 5);
        var predictions = new Predictions(classes, scores.Values.ToArray());
        Assert.AreEqual(expected.MicroAccuracy, predictions.Accuracy(labels), 1e-12);
        Assert.AreEqual(expected.TopKAccuracy, predictions.TopFive(labels)!.Value, 0.02); // ML.NET breaks ties differently
    }

    [TestMethod]
    public void TopFive_FiveClasses_SaysNothing() => Assert.IsNull(new Predictions(5, new float[5]).TopFive([0]));
}
