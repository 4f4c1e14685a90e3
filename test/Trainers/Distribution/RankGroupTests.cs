namespace IGptMl.Tests.Distribution;

[TestClass]
public sealed class RankGroupTests
{
    [TestMethod]
    public void Connect_WithoutMpirun_IsOneRank()
    {
        Assert.IsFalse(RankGroup.IsLaunched);
        var ranks = RankGroup.Connect();
        Assert.AreEqual((0, 1), (ranks.Rank, ranks.Count));
        Assert.AreSame(RankGroup.Alone, ranks);
    }

    [TestMethod]
    public void ConnectMpi_TimeLimitOfZero_IsRefused()
        => Assert.AreEqual("timeLimit", Assert.Throws<ArgumentOutOfRangeException>(() => RankGroup.ConnectMpi(TimeSpan.Zero)).ParamName);
}
