using System.Security.Cryptography;
using IGptMl.Data;
using Microsoft.ML;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class ShapesSourceTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Labels_EveryBlockOfTwelve_HasEachClassOnce()
    {
        var source = new ShapesSource(1200, seed: 9);
        var orders = new HashSet<string>();
        for (var block = 0; block < 100; block++)
        {
            var labels = Enumerable.Range(12 * block, 12).Select(source.ReadLabel).ToArray();
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 12).ToArray(), labels);
            orders.Add(string.Join(' ', labels));
        }

        Assert.IsGreaterThan(95, orders.Count);
    }

    [TestMethod]
    public void Pictures_LongerView_BeginsWithTheShorterOne() => Rows.AssertEqual(Rows.Read(Ml.Data.LoadShapes(7)), Rows.Read(Ml.Data.LoadShapes(40))[..7]);

    [TestMethod]
    public void Pictures_OtherSeedOrIndex_Differ()
    {
        var pictures = new[] { 1, 2, -1 }.SelectMany(seed => Rows.Read(Ml.Data.LoadShapes(50, seed))).Select(r => Convert.ToHexString(SHA256.HashData(r.Rgb!))).ToList();

        Assert.AreEqual(150, pictures.Distinct().Count());
    }

    [TestMethod]
    public void Pictures_BothPolarities_HaveVisibleContrast()
    {
        var darkCentres = 0;
        var discs = Rows.Read(Ml.Data.LoadShapes(1200)).Where(r => r.Label == (int)ShapeKind.Disc + 1).ToList();
        foreach (var disc in discs)
        {
            var brightness = Enumerable.Range(0, 1024).Select(i => (0.299 * disc.Rgb![3 * i]) + (0.587 * disc.Rgb[(3 * i) + 1]) + (0.114 * disc.Rgb[(3 * i) + 2])).ToList();
            var corner = brightness[0];
            var centre = brightness.MaxBy(b => Math.Abs(b - corner));
            Assert.IsGreaterThan(40.0, Math.Abs(centre - corner), $"{disc.Name} has no visible shape.");
            darkCentres += centre < corner ? 1 : 0;
        }

        Assert.HasCount(100, discs);
        Assert.IsInRange(20, 50, darkCentres);
    }

    [TestMethod]
    public void Pictures_Seed1_AreTheFixedOnes()
    {
        // Label, name and the first 8 bytes of the SHA-256 of the RGB bytes, as first drawn: the pictures never change, on any platform.
        string[] expected =
        [
            "1 shapes-1#6 07C01CD532DB476C", "2 shapes-1#0 169CE2647BE38D6E",
            "3 shapes-1#4 CBCC17AA8828EDC7", "4 shapes-1#11 A7B34CCCA761AD14",
            "5 shapes-1#8 32B1DA2ACEBD47BC", "6 shapes-1#5 497774979E876C73",
            "7 shapes-1#10 CB33C7974E7AFCAD", "8 shapes-1#3 311C4816E106A081",
            "9 shapes-1#7 81E536BEE4E99CBA", "10 shapes-1#9 0D28DF9A0CF691AF",
            "11 shapes-1#1 F1678D78B1DB2C2E", "12 shapes-1#2 F2312A872F59FDA2",
        ];

        var actual = Rows.Read(Ml.Data.LoadShapes(12)).OrderBy(r => r.Label).Select(r => $"{r.Label} {r.Name} {Convert.ToHexString(SHA256.HashData(r.Rgb!))[..16]}").ToArray();

        Assert.AreEqual(string.Join('\n', expected), string.Join('\n', actual));
    }

    [TestMethod]
    public void Load_CountBelowOne_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadShapes(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadShapes(-3));
    }
}
