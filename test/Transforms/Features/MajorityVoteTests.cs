namespace IGptMl.Tests.Features;

[TestClass]
public sealed class MajorityVoteTests
{
    [TestMethod]
    [DataRow(3, new[] { 3 })]
    [DataRow(2, new[] { 1, 2, 3, 2, 4 })]
    [DataRow(7, new[] { 7, 7, 1, 1, 7 })]
    [DataRow(-1, new[] { -1, 0, -1 })]
    public void Of_OneClassWithTheMostVotes_IsThatClass(int expected, int[] votes)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.AreEqual(expected, MajorityVote.Of(votes, seed));
        }
    }

    [TestMethod]
    public void Of_EquallyManyVotes_DrawsEachOfTheWinnersEquallyOftenAndNoOther()
    {
        var counts = new Dictionary<int, int>();
        for (var seed = 0; seed < 3000; seed++)
        {
            var winner = MajorityVote.Of([9, 4, 1, 4, 9], seed);
            Assert.AreEqual(winner, MajorityVote.Of([9, 4, 1, 4, 9], seed));
            counts[winner] = counts.GetValueOrDefault(winner) + 1;
        }

        CollectionAssert.AreEquivalent((int[])[4, 9], counts.Keys);
        Assert.AreEqual(1500, counts[4], 140); // five standard deviations
    }

    [TestMethod]
    public void Of_EquallyManyVotesAndOneSeed_FavorsNoClass()
    {
        var first = 0;
        for (var i = 0; i < 3000; i++)
        {
            first += MajorityVote.Of([i, i + 1]) == i ? 1 : 0;
        }

        Assert.AreEqual(1500, first, 140);
    }

    [TestMethod]
    public void Of_Scores_IsTheMeanOfTheWinnersVotes()
    {
        float[][] votes = [[0.5f, 0.25f, 0.25f], [0, 0.1f, 0.9f], [0.4f, 0.3f, 0.3f], [0.1f, 0.8f, 0.1f], [0.9f, 0.05f, 0.05f]];
        var mean = MajorityVote.Of(votes);
        Assert.AreEqual(0.6f, mean[0], 1e-6f);
        Assert.AreEqual(0.2f, mean[1], 1e-6f);
        Assert.AreEqual(0.2f, mean[2], 1e-6f);
    }

    [TestMethod]
    public void Of_ScoresOfEquallyManyVotes_HasTheDrawnWinnersAsTheGreatest()
    {
        var winners = new HashSet<int>();
        for (var seed = 0; seed < 40; seed++)
        {
            var scores = MajorityVote.Of((float[][])[[0.6f, 0.4f, 0], [0, 0.1f, 0.9f]], seed);
            var winner = MajorityVote.Of([0, 2], seed);
            Assert.AreEqual(winner, Array.IndexOf(scores, scores.Max()));
            winners.Add(winner);
        }

        Assert.HasCount(2, winners);
    }

    [TestMethod]
    public void Of_ScoreThatIsNoNumber_IsNone() => Assert.IsTrue(MajorityVote.Of((float[][])[[0.6f, 0.4f], [0.1f, float.NaN]]).All(float.IsNaN));

    [TestMethod]
    public void Of_NoVotesOrVotesThatDoNotFit_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => MajorityVote.Of(ReadOnlySpan<int>.Empty));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => MajorityVote.Of((float[][])[])).Message, "no scores");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => MajorityVote.Of((float[][])[[1, 2], [1]])).Message, "2, 1 scores");
    }
}
