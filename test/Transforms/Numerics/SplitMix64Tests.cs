using IGptMl.Numerics;

namespace IGptMl.Tests.Numerics;

[TestClass]
public sealed class SplitMix64Tests
{
    [TestMethod]
    public void Next_FromState1234567_GivesThePublishedNumbers()
    {
        // The check values of the public reference implementation.
        var random = new SplitMix64(1234567);
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];

        CollectionAssert.AreEqual(expected, Enumerable.Range(0, 5).Select(_ => random.Next()).ToArray());
    }

    [TestMethod]
    public void NextInteger_CoversItsRangeEvenly()
    {
        var random = new SplitMix64(1);
        var counts = new int[5];
        for (var i = 0; i < 10_000; i++)
        {
            counts[random.Next(-2, 2) + 2]++;
        }

        foreach (var count in counts)
        {
            Assert.IsInRange(1850, 2150, count);
        }
    }

    [TestMethod]
    public void NextNumber_StaysInRangeWithItsMean()
    {
        var random = new SplitMix64(1);
        var values = Enumerable.Range(0, 10_000).Select(_ => random.Next(3.0, 5.0)).ToList();

        Assert.IsTrue(values.TrueForAll(v => v is >= 3 and < 5));
        Assert.AreEqual(4.0, values.Average(), 0.03);
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

    /// <summary>The expected value is from a transcription of the rule in Python. What saved models draw depends on it.</summary>
    [TestMethod]
    public void Combine_OfTwoNumbers_GivesThePinnedState() => Assert.AreEqual(0xBCD9DBB49673066BUL, SplitMix64.Combine(1, 2));

    [TestMethod]
    public void Combine_InOtherOrder_IsAnotherSeed() => Assert.AreNotEqual(SplitMix64.Combine(1, 2), SplitMix64.Combine(2, 1));

    [TestMethod]
    public void NextInt64_OfALargeBound_CoversItEvenly()
    {
        const long bound = 3L << 40;
        var random = new SplitMix64(1);
        var counts = new int[3];
        for (var i = 0; i < 3000; i++)
        {
            counts[random.NextInt64(bound) >> 40]++;
        }

        Assert.IsTrue(counts.All(count => Math.Abs(count - 1000) < 130), string.Join(", ", counts)); // five standard deviations
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void PermuteAndShuffle_OfManySeeds_GiveEveryOrderEquallyOften(bool permutes)
    {
        var counts = new Dictionary<string, int>();
        for (var seed = 0; seed < 6000; seed++)
        {
            var random = new SplitMix64((ulong)seed);
            int[] order = [0, 1, 2];
            if (permutes)
            {
                random.Permute(order);
            }
            else
            {
                random.Shuffle(order.AsSpan());
            }

            var text = string.Join(",", order);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }

        Assert.HasCount(6, counts);
        Assert.IsTrue(counts.Values.All(count => Math.Abs(count - 1000) < 150), string.Join(", ", counts)); // five standard deviations
    }
}
