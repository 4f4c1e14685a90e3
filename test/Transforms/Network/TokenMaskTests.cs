using IGptMl.Network;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class TokenMaskTests
{
    [TestMethod]
    public void Draw_ManyRows_HidesTheShareAskedFor()
    {
        var mask = TokenMask.Draw(1000, 64, 0.15, row => (ulong)row);
        Assert.AreEqual(0.15, Enumerable.Range(0, 1000).Sum(mask.Count) / 64000.0, 0.007); // five standard deviations
        Assert.IsGreaterThan(900, Enumerable.Range(0, 1000).Select(row => string.Join(' ', mask[row].ToArray())).Distinct().Count());
    }

    [TestMethod]
    public void Draw_HardlyAny_HidesOneOfEachRowAllTheSame()
    {
        var mask = TokenMask.Draw(1000, 16, 1e-9, row => (ulong)row);
        Assert.IsTrue(Enumerable.Range(0, 1000).All(row => mask.Count(row) == 1));
        Assert.HasCount(16, Enumerable.Range(0, 1000).Select(row => mask[row].IndexOf(true)).Distinct().ToList());
    }

    [TestMethod]
    public void Draw_OfMasking_DependsOnTheRowAndTheSeedAlone()
    {
        ushort[] first = [.. Enumerable.Range(0, 64).Select(i => (ushort)(i % 5))], second = [.. Enumerable.Range(0, 64).Select(i => (ushort)(i % 7))];
        var masking = new TokenMasking { Seed = 3 };
        var alone = masking.Draw(second, 1)!;
        var together = masking.Draw([.. first, .. second, .. second], 3)!;
        CollectionAssert.AreEqual(alone[0].ToArray(), together[1].ToArray());
        CollectionAssert.AreEqual(alone[0].ToArray(), together[2].ToArray());
        CollectionAssert.AreNotEqual(alone[0].ToArray(), together[0].ToArray());
        CollectionAssert.AreNotEqual(alone[0].ToArray(), (masking with { Seed = 4 }).Draw(second, 1)![0].ToArray());
        Assert.IsNull(TokenMasking.None.Draw(second, 1));
    }
}
