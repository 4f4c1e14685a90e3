namespace IGptMl.Tests.Completion;

[TestClass]
public sealed class KeptRegionTests
{
    [TestMethod]
    public void ToMask_EachKind_KeepsWhatItSays()
    {
        AssertMask("110 000 000", KeptRegion.Rectangle(0, 0, 2, 1));
        AssertMask("000 011 011", KeptRegion.Rectangle(1, 1, 2, 2));
        AssertMask("111 000 000", KeptRegion.TopHalf);
        AssertMask("000 000 000", KeptRegion.Rows(0));
        AssertMask("111 111 111", KeptRegion.Rows(3));
        AssertMask("000 000 000", KeptRegion.RowNumbers());
        AssertMask("111 000 111", KeptRegion.RowNumbers(2, 0, 2));

        static void AssertMask(string expected, KeptRegion region)
            => Assert.AreEqual(expected, string.Join(' ', region.ToMask(3).Chunk(3).Select(row => string.Concat(row.Select(kept => kept ? '1' : '0')))),
                $"{region}");
    }

    [TestMethod]
    public void ToMask_RegionThatDoesNotFit_IsRefused()
    {
        AssertRefused("The region is the first 4 rows; expected 0 to 3 rows, the height of the model's images.", KeptRegion.Rows(4));
        AssertRefused("The region is rows 1, 3; expected rows from 0 to 2, those of the model's images.", KeptRegion.RowNumbers(3, 1));
        AssertRefused("The region is a rectangle of 2x1 pixels at (2, 0); expected one inside the model's images of 3x3 pixels.",
            KeptRegion.Rectangle(2, 0, 2, 1));
        AssertRefused("expected one inside", KeptRegion.Rectangle(0, int.MaxValue, 1, int.MaxValue));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => KeptRegion.TopHalf.ToMask(0));

        static void AssertRefused(string message, KeptRegion region)
            => Assert.Contains(message, Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => region.ToMask(3)).Message);
    }

    [TestMethod]
    public void Create_NumbersThatNoImageHas_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => KeptRegion.Rows(-1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => KeptRegion.RowNumbers(0, -1));
        Assert.ThrowsExactly<ArgumentNullException>(() => KeptRegion.RowNumbers(null!));
        foreach (var (left, top, width, height) in ((int, int, int, int)[])[(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
        {
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => KeptRegion.Rectangle(left, top, width, height));
        }
    }

    [TestMethod]
    public void Equals_SameNumbers_AreEqualAndOthersAreNot()
    {
        KeptRegion[] regions =
        [
            KeptRegion.TopHalf, KeptRegion.Rows(0), KeptRegion.Rows(2), KeptRegion.RowNumbers(), KeptRegion.RowNumbers(0, 1), KeptRegion.RowNumbers(0, 2),
            KeptRegion.Rectangle(0, 0, 1, 2), KeptRegion.Rectangle(0, 0, 2, 1),
        ];
        Assert.AreEqual(regions.Length, regions.Distinct().Count());
        Assert.AreEqual(KeptRegion.RowNumbers(1, 0, 1), regions[4]);
        Assert.AreEqual(KeptRegion.RowNumbers(1, 0).GetHashCode(), regions[4].GetHashCode());
        Assert.IsTrue(KeptRegion.Rows(2) == regions[2] && regions[1] != regions[2] && regions[1] != null && (KeptRegion?)null == null);
        Assert.IsFalse(regions[1].Equals("the first 0 rows"));
    }

    [TestMethod]
    public void RowNumbers_OfAListThatChanges_StayAsTheyWere()
    {
        var numbers = new List<int> { 1 };
        var region = KeptRegion.RowNumbers(numbers);
        numbers[0] = 2;
        Assert.AreEqual("rows 1", region.ToString());
    }
}
