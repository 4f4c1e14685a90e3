using IGptMl.SemiSupervised;

namespace IGptMl.Tests.SemiSupervised;

[TestClass]
public sealed class MersenneTwisterTests
{
    /// <summary>
    /// The first values of the authors' reference program (mt19937ar.out, with its default seed), and of C++'s std::mt19937, whose standard states the 10,000th
    /// value.
    /// </summary>
    [TestMethod]
    public void Next_DefaultSeed_IsThatOfTheReferenceProgram()
    {
        var random = new MersenneTwister(5489);
        var numbers = Enumerable.Range(0, 10_000).Select(_ => random.Next()).ToArray();
        CollectionAssert.AreEqual((uint[])[3499211612, 581869302, 3890346734, 3586334585, 545404204], numbers[..5]);
        Assert.AreEqual(4123659995, numbers[^1]);
    }

    [TestMethod]
    public void Shuffle_IsNumpys()
    {
        foreach (var expected in NumpySplits.Values.Shuffles)
        {
            int[] order = [.. Enumerable.Range(0, expected.N)];
            new MersenneTwister(expected.Seed).Shuffle(order.AsSpan());
            CollectionAssert.AreEqual(expected.Order, order);
        }
    }
}
