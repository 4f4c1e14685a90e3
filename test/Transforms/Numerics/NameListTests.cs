using IGptMl.Numerics;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class NameListTests
{
    [TestMethod]
    [DataRow(0, "")]
    [DataRow(1, "n1")]
    [DataRow(3, "n1, n2, n3")]
    [DataRow(5, "n1, n2, n3 and 2 more")]
    public void Of_Names_NamesTheFirstAndCountsTheRest(int count, string expected)
        => Assert.AreEqual(expected, NameList.Of([.. Enumerable.Range(1, count).Select(i => $"n{i}")], most: 3));

    [TestMethod]
    public void Of_ThirteenNames_NamesTwelve() => Assert.EndsWith(", n12 and 1 more", NameList.Of([.. Enumerable.Range(1, 13).Select(i => $"n{i}")]));
}
