using IGptMl.SemiSupervised;

namespace IGptMl.Tests.SemiSupervised;

[TestClass]
public sealed class LabelSubsetTests
{
    private static readonly string[] Ten = [.. Enumerable.Range(0, 10).Select(c => $"class {c}")];

    [TestMethod]
    public void Choose_Balanced_IsFixMatchsSplit()
    {
        int[] labels = [.. Enumerable.Range(0, 50_000).Select(row => row % 10)];
        foreach (var expected in NumpySplits.Values.Splits)
        {
            var rows = LabelSubset.Choose(labels, Ten, expected.Size, expected.Seed);
            CollectionAssert.AreEqual(expected.Rows, rows, $"seed {expected.Seed}, {expected.Size} labels");
        }
    }

    [TestMethod]
    public void Choose_ClassesOfDifferentSize_TakesEqualNumbers()
    {
        int[] labels = [.. Enumerable.Repeat(0, 90), .. Enumerable.Repeat(1, 7), .. Enumerable.Repeat(2, 30)];
        var rows = LabelSubset.Choose(labels, ["a", "b", "c"], 20, seed: 3);
        CollectionAssert.AreEqual((int[])[7, 7, 6], Enumerable.Range(0, 3).Select(c => rows.Count(row => labels[row] == c)).ToArray());
        CollectionAssert.AllItemsAreUnique(rows);
    }

    [TestMethod]
    public void Choose_ClassTooSmall_IsNamedWithBothNumbers()
    {
        int[] labels = [0, 0, 0, 0, 1, 1];
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => LabelSubset.Choose(labels, ["cat", "owl"], 6, seed: 1));
        Assert.AreEqual("A budget of 6 labels needs 3 rows of class 'owl', which has 2.", error.Message);
    }
}
