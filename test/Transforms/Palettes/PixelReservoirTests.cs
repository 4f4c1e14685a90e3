using IGptMl.Palettes;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PixelReservoirTests
{
    [TestMethod]
    public void Add_FewerPixelsThanWanted_KeepsAll()
    {
        var reservoir = new PixelReservoir(1000, seed: 1);
        reservoir.Add(Numbered(0, 300));
        reservoir.Add(Numbered(300, 500));
        CollectionAssert.AreEqual(Codes(0, 500), reservoir.Codes.ToArray());
    }

    [TestMethod]
    public void Add_MorePixelsThanWanted_KeepsDifferentOnesOfThem()
    {
        var reservoir = new PixelReservoir(200, seed: 1);
        reservoir.Add(Numbered(0, 5000));
        var kept = reservoir.Codes.ToArray();
        Assert.HasCount(200, kept.Distinct().ToArray());
        CollectionAssert.IsSubsetOf(kept, Codes(0, 5000));
    }

    [TestMethod]
    public void Add_InPieces_GivesTheSameSampleAsAtOnce()
    {
        var whole = new PixelReservoir(100, seed: 5);
        whole.Add(Numbered(0, 4000));
        var pieces = new PixelReservoir(100, seed: 5);
        for (var i = 0; i < 4000; i += 40)
        {
            pieces.Add(Numbered(i, i + 40));
        }

        CollectionAssert.AreEqual(whole.Codes.ToArray(), pieces.Codes.ToArray());
    }

    [TestMethod]
    public void Add_ManyTimes_KeepsEveryPixelEquallyOften()
    {
        // Each of 100 pixels is kept with probability 1/5: 800 of 4000 samples, with a standard deviation of 25.
        var times = new Dictionary<int, int>();
        for (var seed = 0; seed < 4000; seed++)
        {
            var reservoir = new PixelReservoir(20, seed);
            reservoir.Add(Numbered(0, 100));
            foreach (var code in reservoir.Codes)
            {
                times[code] = times.GetValueOrDefault(code) + 1;
            }
        }

        foreach (var code in Codes(0, 100))
        {
            Assert.AreEqual(800, times.GetValueOrDefault(code), 125, $"code {code}");
        }
    }

    private static byte[] Numbered(int first, int end) => [.. Enumerable.Range(first, end - first).SelectMany(i => new[] { (byte)(i >> 8), (byte)i, (byte)7 })];

    private static int[] Codes(int first, int end) => [.. Numbered(first, end).Chunk(3).Select(pixel => ColorHistogram.ToCode(pixel[0], pixel[1], pixel[2]))];
}
