using IGptMl.Classification;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Classification;

[TestClass]
public sealed class MemoryViewTests
{
    private readonly MemoryView _view = new MemoryView([4, 1, 3])
        .Add("Features", FeatureMatrix.Create(5, 1, (row, features) => features[0] = row))
        .Add("Label", [0, 1, 2, 3, 4], 5);

    [TestMethod]
    public void Rows_AreTheChosenOnesInOrder()
    {
        CollectionAssert.AreEqual((float[])[4, 1, 3], _view.GetColumn<float[]>("Features").Select(values => values.Single()).ToArray());
        CollectionAssert.AreEqual((uint[])[5, 2, 4], _view.GetColumn<uint>("Label").ToArray());
        Assert.AreEqual(3, _view.GetRowCount());
    }

    [TestMethod]
    public void Shuffled_HasEveryRowOnceAndColumnsTogether()
    {
        var shuffled = new MLContext(seed: 1).Data.ShuffleRows(_view, seed: 3);
        var features = shuffled.GetColumn<float[]>("Features").Select(values => (uint)values.Single() + 1).ToArray();
        CollectionAssert.AreEquivalent((uint[])[5, 2, 4], features);
        CollectionAssert.AreEqual(features, shuffled.GetColumn<uint>("Label").ToArray());
    }

    [TestMethod]
    public void Getter_WrongUse_Throws()
    {
        using var cursor = _view.GetRowCursor([_view.Schema["Label"]]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => cursor.GetGetter<VBuffer<float>>(_view.Schema["Features"]));
        Assert.ThrowsExactly<InvalidOperationException>(() => cursor.GetGetter<float>(_view.Schema["Label"]));
        while (cursor.MoveNext())
        {
        }

        Assert.IsFalse(cursor.MoveNext());
    }
}
