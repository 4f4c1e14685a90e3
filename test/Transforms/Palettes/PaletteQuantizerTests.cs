using IGptMl.Images;
using IGptMl.Palettes;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Images;

namespace IGptMl.Tests.Palettes;

[TestClass]
public sealed class PaletteQuantizerTests
{
    [TestMethod]
    public void Assign_ReferenceImages_GivesEveryReferenceToken()
    {
        var expected = ProcessorReference.ReadTokens();
        var quantizer = new PaletteQuantizer(ProcessorReference.OpenAiPalette);
        var resized = new byte[3 * ProcessorReference.Side * ProcessorReference.Side];
        var tokens = new ushort[ProcessorReference.Side * ProcessorReference.Side];
        for (var i = 0; i < ProcessorReference.Images; i++)
        {
            var (rgb, width, height) = ProcessorReference.ReadImage(i);
            ImageResampler.Resize(rgb, width, height, ProcessorReference.Side, ProcessorReference.Side, resized);
            quantizer.Assign(resized, tokens);
            CollectionAssert.AreEqual(expected[i], Array.ConvertAll(tokens, token => (long)token), $"image {i}");
        }
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(16)]
    [DataRow(513)]
    public void Assign_RandomPalette_EqualsBruteForce(int count)
    {
        var random = new Random(count);
        var centers = new float[3 * count];
        foreach (ref var center in centers.AsSpan())
        {
            center = (2 * random.NextSingle()) - 1;
        }

        AssertEqualsBruteForce(Palette.FromCenters(centers), RandomPixels(random, 4000));
    }

    [TestMethod]
    public void Assign_LargestPalette_EqualsBruteForce()
    {
        var random = new Random(5);
        var colors = new byte[3 * Palette.MaxCount];
        random.NextBytes(colors);
        AssertEqualsBruteForce(Palette.FromColors(colors), RandomPixels(random, 300));
    }

    [TestMethod]
    public void Assign_EightBitPalette_EqualsBruteForceOnItsManyTies()
    {
        // A lattice with a step of 64: pixels halfway between its points have up to eight nearest colors.
        var colors = new List<byte>();
        for (var i = 0; i < 64; i++)
        {
            colors.AddRange([(byte)(64 * (i % 4)), (byte)(64 * (i / 4 % 4)), (byte)(64 * (i / 16))]);
        }

        var pixels = new List<byte>();
        for (var i = 0; i < 4096; i++)
        {
            pixels.AddRange([(byte)(16 * (i % 16)), (byte)(16 * (i / 16 % 16)), (byte)(16 * (i / 256))]);
        }

        AssertEqualsBruteForce(Palette.FromColors([.. colors]), [.. pixels]);
    }

    [TestMethod]
    public void Assign_CrowdedPalette_EqualsBruteForce()
    {
        // All centers are within a thousandth of each other, around the value 191. Pixels of that cell rule out no center, so the whole palette is searched.
        var random = new Random(7);
        var centers = new float[3 * 1001];
        foreach (ref var center in centers.AsSpan())
        {
            center = 0.4975f + (1e-3f * random.NextSingle());
        }

        // Three centers are equally near to (191, 191, 191), in three lanes of a vector of 8 or 16. The lowest index is not in the lowest lane.
        const float Value = (191 / 127.5f) - 1f;
        float[] tied = [Value + 1e-6f, Value, Value];
        for (var i = 0; i < 3; i++)
        {
            var index = new[] { 21, 40, 75 }[i];
            (centers[3 * index], centers[(3 * index) + 1], centers[(3 * index) + 2]) = (tied[i], tied[(i + 2) % 3], tied[(i + 1) % 3]);
        }

        var palette = Palette.FromCenters(centers);
        Assert.AreEqual(palette.Count, new PaletteGrid(palette).Candidates(191, 191, 191).Length, "the search of the whole palette is what this test is for");
        var pixels = RandomPixels(random, 2000);
        for (var i = 0; i < 3000; i++)
        {
            pixels[i] = (byte)(184 + (pixels[i] % 8));
        }

        pixels.AsSpan(0, 3).Fill(191);
        var tokens = AssertEqualsBruteForce(palette, pixels);
        Assert.AreEqual(21, tokens[0]);
    }

    [TestMethod]
    public void Assign_DuplicateCenters_GivesLowestIndex()
    {
        var random = new Random(11);
        var once = new byte[3 * 100];
        random.NextBytes(once);
        byte[] twice = [.. once, .. once, .. once];
        var tokens = AssertEqualsBruteForce(Palette.FromColors(twice), RandomPixels(random, 1000));
        Assert.IsTrue(tokens.All(token => token < 100));
    }

    [TestMethod]
    public void Assign_AllCentersEqual_GivesZero()
    {
        var tokens = AssertEqualsBruteForce(Palette.FromCenters(new float[3 * 700]), RandomPixels(new Random(1), 100));
        Assert.IsTrue(tokens.All(token => token == 0));
    }

    [TestMethod]
    public void Assign_FromManyThreads_GivesTheSameTokens()
    {
        var quantizer = new PaletteQuantizer(ProcessorReference.OpenAiPalette);
        var pixels = RandomPixels(new Random(3), 3000);
        var expected = new ushort[3000];
        quantizer.Assign(pixels, expected);
        Parallel.For(0, 16, _ =>
        {
            var tokens = new ushort[3000];
            quantizer.Assign(pixels, tokens);
            CollectionAssert.AreEqual(expected, tokens);
        });
    }

    [TestMethod]
    public void AssignAndDecode_AllocateNothing()
    {
        var quantizer = new PaletteQuantizer(ProcessorReference.OpenAiPalette);
        var pixels = RandomPixels(new Random(3), 1000);
        var tokens = new ushort[1000];
        Assert.AreEqual(0, Allocations.Least(() =>
        {
            quantizer.Assign(pixels, tokens);
            quantizer.Decode(tokens, pixels);
        }));
    }

    [TestMethod]
    public void Assign_OwnColors_IsUndoneByDecode()
    {
        var random = new Random(13);
        var colors = new byte[3 * 200];
        random.NextBytes(colors);
        var quantizer = new PaletteQuantizer(Palette.FromColors(colors));
        var tokens = new ushort[200];
        quantizer.Assign(colors, tokens);
        var decoded = new byte[3 * 200];
        quantizer.Decode(tokens, decoded);
        CollectionAssert.AreEqual(colors, decoded);
    }

    [TestMethod]
    public void Decode_Tokens_GivesTheirColors()
    {
        var quantizer = new PaletteQuantizer(Palette.FromColors([0, 0, 0, 10, 20, 30, 255, 254, 253]));
        var rgb = new byte[12];
        quantizer.Decode([2, 0, 1, 1], rgb);
        CollectionAssert.AreEqual(new byte[] { 255, 254, 253, 0, 0, 0, 10, 20, 30, 10, 20, 30 }, rgb);
    }

    [TestMethod]
    public void Decode_TokenOfNoColor_NamesItAndItsPlace()
    {
        var quantizer = new PaletteQuantizer(Palette.FromColors(new byte[6]));
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => quantizer.Decode([0, 2], new byte[6]));
        StringAssert.Contains(error.Message, "Token 1 is 2; the palette has the tokens 0 to 1.");
    }

    [TestMethod]
    public void AssignAndDecode_LengthsDoNotMatch_Throw()
    {
        var quantizer = new PaletteQuantizer(Palette.FromColors(new byte[6]));
        var error = Assert.ThrowsExactly<ArgumentException>(() => quantizer.Assign(new byte[7], new ushort[2]));
        Assert.AreEqual("2 tokens need 6 channel values (R, G, B for each pixel), not 7.", error.Message);
        Assert.ThrowsExactly<ArgumentException>(() => quantizer.Decode(new ushort[2], new byte[3]));
    }

    private static byte[] RandomPixels(Random random, int count)
    {
        var pixels = new byte[3 * count];
        random.NextBytes(pixels);
        return pixels;
    }

    private static ushort[] AssertEqualsBruteForce(Palette palette, byte[] pixels)
    {
        var tokens = new ushort[pixels.Length / 3];
        new PaletteQuantizer(palette).Assign(pixels, tokens);
        var centers = palette.Centers.Span;
        for (var i = 0; i < tokens.Length; i++)
        {
            var (red, green, blue) = ((pixels[3 * i] / 127.5f) - 1f, (pixels[(3 * i) + 1] / 127.5f) - 1f, (pixels[(3 * i) + 2] / 127.5f) - 1f);
            var nearest = 0;
            var shortest = float.PositiveInfinity;
            for (var k = 0; k < palette.Count; k++)
            {
                var (r, g, b) = (red - centers[3 * k], green - centers[(3 * k) + 1], blue - centers[(3 * k) + 2]);
                var distance = (r * r) + (g * g) + (b * b);
                if (distance < shortest)
                {
                    (shortest, nearest) = (distance, k);
                }
            }

            Assert.AreEqual(nearest, tokens[i], $"pixel {i}");
        }

        return tokens;
    }
}
