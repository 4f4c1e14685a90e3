using IGptMl.Network;

namespace IGptMl.Tests.Network;

[TestClass]
public sealed class SplitMix64Tests
{
    [TestMethod]
    public void Next_KnownSeed_GivesThePublishedNumbers()
    {
        // Those of Vigna's implementation of the generator, as other languages' libraries test them.
        var random = new SplitMix64(1234567);
        foreach (var expected in (ulong[])[6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821])
        {
            Assert.AreEqual(expected, random.Next());
        }
    }

    [TestMethod]
    public void NextBelowABound_OfManySeeds_IsUniform()
    {
        var counts = new int[6];
        double sum = 0;
        for (var seed = 0ul; seed < 6000; seed++)
        {
            var random = new SplitMix64(SplitMix64.Combine(seed, 7));
            counts[random.Next(6)]++;
            sum += random.NextDouble();
        }

        Assert.IsTrue(counts.All(count => Math.Abs(count - 1000) < 150), string.Join(", ", counts)); // five standard deviations
        Assert.AreEqual(0.5, sum / 6000, 0.02);
    }

    [TestMethod]
    public void Combine_InOtherOrder_IsAnotherSeed() => Assert.AreNotEqual(SplitMix64.Combine(1, 2), SplitMix64.Combine(2, 1));
}
