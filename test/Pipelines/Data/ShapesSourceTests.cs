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
        int[] seeds = [1, 2, -1];
        var images = seeds.SelectMany(seed => Rows.Read(Ml.Data.LoadShapes(50, seed)));
        var pictures = images.Select(r => Convert.ToHexString(SHA256.HashData(r.Rgb!))).ToList();

        Assert.AreEqual(150, pictures.Distinct().Count());
    }

    [TestMethod]
    public void Pictures_BothPolarities_HaveVisibleContrast()
    {
        var darkCenters = 0;
        var discs = Rows.Read(Ml.Data.LoadShapes(1200)).Where(r => r.Label == (int)ShapeKind.Disc + 1).ToList();
        foreach (var disc in discs)
        {
            var brightness = Enumerable.Range(0, 1024)
                .Select(i => (0.299 * disc.Rgb![3 * i]) + (0.587 * disc.Rgb[(3 * i) + 1]) + (0.114 * disc.Rgb[(3 * i) + 2]))
                .ToList();
            var corner = brightness[0];
            var center = brightness.MaxBy(b => Math.Abs(b - corner));
            Assert.IsGreaterThan(40.0, Math.Abs(center - corner), $"{disc.Name} has no visible shape.");
            darkCenters += center < corner ? 1 : 0;
        }

        Assert.HasCount(100, discs);
        Assert.IsInRange(20, 50, darkCenters);
    }

    [TestMethod]
    public void Pictures_Seed1_AreTheFixedOnes()
    {
        // Label, name and the first 8 bytes of the SHA-256 of the RGB bytes, as first drawn: the images must never change, on any platform.
        string[] expected =
        [
            "1 shapes-1#6 3DDF73E1F3EF1A99", "2 shapes-1#0 3A7B3F0F97C8F6E3",
            "3 shapes-1#4 D33F526EFB656C12", "4 shapes-1#11 8E63BE1AEC349775",
            "5 shapes-1#8 87121A653B5686D1", "6 shapes-1#5 AC276B21B8108E9A",
            "7 shapes-1#10 CF350A20570817CF", "8 shapes-1#3 614472520E246ACC",
            "9 shapes-1#7 68FA01968815BF57", "10 shapes-1#9 4E444BEB49CAD90D",
            "11 shapes-1#1 795D83B4FA5E92CC", "12 shapes-1#2 7157D5EF51757236",
        ];

        var actual = Rows.Read(Ml.Data.LoadShapes(12))
            .OrderBy(r => r.Label)
            .Select(r => $"{r.Label} {r.Name} {Convert.ToHexString(SHA256.HashData(r.Rgb!))[..16]}")
            .ToArray();

        Assert.AreEqual(string.Join('\n', expected), string.Join('\n', actual));
    }

    [TestMethod]
    public void Load_CountBelowOne_Throws()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadShapes(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadShapes(-3));
    }
}
