using IGptMl.Classification;

namespace IGptMl.Tests.Classification;

[TestClass]
public sealed class StratifiedFoldsTests
{
    [TestMethod]
    public void Create_ManyRows_HoldsOutATenthOfEveryClassOnce()
    {
        int[] labels = [.. Enumerable.Repeat(0, 300), .. Enumerable.Repeat(1, 100)];
        int[] rows = [.. Enumerable.Range(0, 400)];
        var fold = StratifiedFolds.Create(labels, rows, seed: 1).Single();
        Assert.AreEqual(30, fold.HeldOut.Count(row => labels[row] == 0));
        Assert.AreEqual(10, fold.HeldOut.Count(row => labels[row] == 1));
        CollectionAssert.AreEquivalent(rows, fold.Fitted.Concat(fold.HeldOut).ToArray());
        CollectionAssert.AreEqual(fold.HeldOut, StratifiedFolds.Create(labels, rows, seed: 1).Single().HeldOut);
        CollectionAssert.AreNotEqual(fold.HeldOut, StratifiedFolds.Create(labels, rows, seed: 2).Single().HeldOut);
    }

    [TestMethod]
    public void Create_FewRows_HoldsEveryRowOutOnce()
    {
        int[] labels = [0, 1, 0, 1, 0, 1, 0, 1, 9, 9, 9];
        int[] rows = [0, 1, 2, 3, 4, 5, 6, 7]; // four per class
        var folds = StratifiedFolds.Create(labels, rows, seed: 1);
        Assert.HasCount(4, folds);
        CollectionAssert.AreEquivalent(rows, folds.SelectMany(fold => fold.HeldOut).ToArray());
        foreach (var fold in folds)
        {
            Assert.AreEqual(1, fold.HeldOut.Count(row => labels[row] == 0));
            Assert.AreEqual(1, fold.HeldOut.Count(row => labels[row] == 1));
            CollectionAssert.AreEquivalent(rows, fold.Fitted.Concat(fold.HeldOut).ToArray());
        }
    }

    [TestMethod]
    public void Create_OneRowAClass_HasNothingToHoldOut() => Assert.IsEmpty(StratifiedFolds.Create([0, 1, 2], [0, 1, 2], seed: 1));

    [TestMethod]
    public void Create_OneClassWithOneRow_NeverHoldsItOut()
    {
        var folds = StratifiedFolds.Create([0, 0, 0, 0, 1], [0, 1, 2, 3, 4], seed: 1);
        Assert.HasCount(2, folds);
        Assert.IsTrue(folds.All(fold => fold.Fitted.Contains(4)));
    }
}
