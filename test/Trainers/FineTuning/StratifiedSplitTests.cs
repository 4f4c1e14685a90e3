using IGptMl.FineTuning;

namespace IGptMl.Tests.FineTuning;

[TestClass]
public sealed class StratifiedSplitTests
{
    /// <summary>100 rows of class 0, 20 of class 1, three of class 2 and one of class 3, shuffled.</summary>
    private static readonly int[] Labels = [.. Enumerable.Range(0, 124).Select(i => i == 7 ? 3 : i % 41 == 5 ? 2 : i % 6 == 0 && i < 120 ? 1 : 0)];

    [TestMethod]
    public void Of_AFraction_HoldsOutThatShareOfEveryClass()
    {
        var (training, heldOut) = StratifiedSplit.Of(Labels, 0.25, seed: 1);
        CollectionAssert.AreEqual(Enumerable.Range(0, Labels.Length).ToArray(), training.Concat(heldOut).Order().ToArray(), "Every row is in one of the two.");
        foreach (var group in Labels.GroupBy(label => label))
        {
            var expected = group.Count() == 1 ? 0 : Math.Round(group.Count() * 0.25);
            Assert.AreEqual(expected, heldOut.Count(row => Labels[row] == group.Key), $"class {group.Key}");
        }
    }

    [TestMethod]
    public void Of_AlmostAll_LeavesARowOfEveryClass()
    {
        var (training, _) = StratifiedSplit.Of(Labels, 0.999, seed: 1);
        CollectionAssert.AreEquivalent((int[])[0, 1, 2, 3], training.Select(row => Labels[row]).ToArray());
    }

    [TestMethod]
    public void Of_TheSameSeed_HoldsOutTheSameRows()
    {
        var expected = StratifiedSplit.Of(Labels, 0.25, seed: 1).HeldOut.ToArray();
        CollectionAssert.AreEqual(expected, StratifiedSplit.Of(Labels, 0.25, seed: 1).HeldOut.ToArray());
        CollectionAssert.AreNotEqual(expected, StratifiedSplit.Of(Labels, 0.25, seed: 2).HeldOut.ToArray());
    }

    [TestMethod]
    public void Of_Nothing_HoldsNothingOut() => Assert.IsEmpty(StratifiedSplit.Of(Labels, 0, seed: 1).HeldOut);
}
