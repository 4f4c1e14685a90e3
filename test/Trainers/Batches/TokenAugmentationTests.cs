using IGptMl.Numerics;
using IGptMl.Palettes;
using IGptMl.Tests.Contracts;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class TokenAugmentationTests
{
    private const int Side = 8;

    // Every pixel has a different token, so that the origin of each pixel of a moved image is known.
    private static readonly ushort[] s_image = [.. Enumerable.Range(0, Side * Side).Select(i => (ushort)i)];

    [TestMethod]
    public void Apply_EveryCase_IsACropOfTheReflectedImageOrItsMirrorImage()
    {
        var expected = new HashSet<string>();
        for (var top = -3; top <= 3; top++)
        {
            for (var left = -3; left <= 3; left++)
            {
                var crop = Crop(top, left);
                expected.Add(Text(crop));
                expected.Add(Text([.. crop.Chunk(Side).SelectMany(row => row.Reverse())]));
            }
        }

        var seen = Enumerable.Range(0, 3000).Select(row => Text(Apply(new() { Padding = 3 }, 1, 0, row))).ToHashSet();
        Assert.AreEqual(2 * 7 * 7, seen.Count);
        Assert.IsTrue(seen.SetEquals(expected));
    }

    [TestMethod]
    public void Apply_IsAFunctionOfSeedStepAndRow()
    {
        var moved = Apply(new(), 1, 2, 3);
        CollectionAssert.AreEqual(moved, Apply(new(), 1, 2, 3));
        Assert.IsGreaterThan(90, Enumerable.Range(0, 100).Count(seed => !Apply(new(), seed, 2, 3).SequenceEqual(Apply(new(), seed + 1, 2, 3))));
        Assert.IsGreaterThan(90, Enumerable.Range(0, 100).Count(step => !Apply(new(), 1, step, 3).SequenceEqual(Apply(new(), 1, step + 1, 3))));
        Assert.IsGreaterThan(90, Enumerable.Range(0, 100).Count(row => !Apply(new(), 1, 2, row).SequenceEqual(Apply(new(), 1, 2, row + 1))));
    }

    [TestMethod]
    public void Apply_NothingAllowed_LeavesTheImageAlone() => CollectionAssert.AreEqual(s_image, Apply(new() { Padding = 0, Flip = false }, 1, 2, 3));

    [TestMethod]
    public void Apply_Flips_AreHalfOfTheImages()
    {
        var flipped = Enumerable.Range(0, 1000).Count(row => Apply(new() { Padding = 0 }, 1, 0, row)[0] == Side - 1);
        Assert.AreEqual(500, flipped, 80); // five standard deviations
    }

    [TestMethod]
    public void Apply_Tokens_GivesTheTokensOfTheMovedPixels()
    {
        // Quantizing and moving commute, so trainers can move tokens.
        var rgb = new byte[3 * Side * Side];
        new Random(1).NextBytes(rgb);
        var quantizer = new PaletteQuantizer(TinyImageGpt.Palette);
        var places = Apply(new(), 7, 8, 9);
        var tokens = new ushort[Side * Side];
        quantizer.Assign(rgb, tokens);
        var moved = new ushort[Side * Side];
        new TokenAugmentation().Apply(tokens, Side, 7, 8, 9, moved);
        var ofMovedPixels = new ushort[Side * Side];
        quantizer.Assign([.. places.SelectMany(place => rgb.AsSpan(3 * place, 3).ToArray())], ofMovedPixels);
        CollectionAssert.AreEqual(ofMovedPixels, moved);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(8)]
    public void Padding_MoreThanThereIsToReflect_IsRefused(int padding)
    {
        var guard = new OptionGuard();
        new TokenAugmentation { Padding = padding }.Check(guard, "Augmentation", Side);
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => guard.ThrowIfAny("options"));
        Assert.StartsWith($"Augmentation.Padding is {padding}; expected 0 to 7.", error.Message);
    }

    private static ushort[] Apply(TokenAugmentation augmentation, int seed, long step, int row)
    {
        var moved = new ushort[s_image.Length];
        augmentation.Apply(s_image, Side, seed, step, row, moved);
        return moved;
    }

    /// <summary>The crop of an image that is first padded, rows and then columns, as in NumPy's mode "reflect".</summary>
    private static ushort[] Crop(int top, int left)
    {
        var rows = Pad(s_image.Chunk(Side).ToArray());
        var padded = rows.Select(row => Pad(row)).ToArray();
        return [.. Enumerable.Range(0, Side).SelectMany(y => Enumerable.Range(0, Side).Select(x => padded[3 + top + y][3 + left + x]))];
    }

    private static T[] Pad<T>(T[] values) => [values[3], values[2], values[1], .. values, values[^2], values[^3], values[^4]];

    private static string Text(ushort[] tokens) => string.Join(',', tokens);
}
