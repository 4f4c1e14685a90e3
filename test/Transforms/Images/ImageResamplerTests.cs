using IGptMl.Images;
using IGptMl.Tests.Contracts;

namespace IGptMl.Tests.Images;

[TestClass]
public sealed class ImageResamplerTests
{
    [TestMethod]
    public void Resize_SameSize_CopiesUntouched()
    {
        var rgb = RandomImage(7, 5);
        CollectionAssert.AreEqual(rgb, Resize(rgb, 7, 5, 7, 5));
    }

    [TestMethod]
    public void Resize_OnePixel_FillsTheOutput()
    {
        var output = Resize([9, 128, 255], 1, 1, 4, 3);
        for (var i = 0; i < output.Length; i++)
        {
            Assert.AreEqual(new byte[] { 9, 128, 255 }[i % 3], output[i]);
        }
    }

    [TestMethod]
    public void Resize_ToOnePixel_AveragesByTheTriangle()
    {
        // Three samples become one: scale 3, weights 1 - |j - 1| / 3 = 2/3, 1, 2/3 of 7/3.
        AssertRow([70, 7, 14], [27], "(2 * 70 + 3 * 7 + 2 * 14) / 7");
    }

    [TestMethod]
    public void Resize_Halving_WeighsTheNeighborsOfTheBox()
    {
        // Center 1, half-width 2: samples 0, 1, 2 have the weights 3/4, 3/4, 1/4, with the sum 7/4. The last output is the mirror image.
        AssertRow([0, 0, 70, 210], [10, 120], "(3 * 0 + 3 * 0 + 70) / 7 and (0 + 3 * 70 + 3 * 210) / 7");
    }

    [TestMethod]
    public void Resize_Doubling_InterpolatesBetweenSamples()
    {
        AssertRow([0, 100], [0, 25, 75, 100], "quarters of the way");
    }

    [TestMethod]
    public void Resize_HalfWay_RoundsUp()
    {
        AssertRow([0, 255], [128], "127.5");
    }

    [TestMethod]
    public void Resize_BothAxes_RoundsTheRowsFirst()
    {
        // Rows: (0 + 1) / 2 = 0.5, stored as 1, and 0; column: (1 + 0) / 2 = 0.5, stored as 1. In one step it would be 1/4, stored as 0.
        CollectionAssert.AreEqual(new byte[] { 1, 1, 1 }, Resize(Gray([0, 1, 0, 0]), 2, 2, 1, 1));

        // Rows first gives 1, 1, 0 and then (2 + 3) / 7, stored as 1. Columns first would give 2/7 and 3/7, both stored as 0.
        CollectionAssert.AreEqual(new byte[] { 1, 1, 1 }, Resize(Gray([1, 0, 0, 1, 0, 0]), 2, 3, 1, 1));
    }

    [TestMethod]
    public void Resize_OneAxis_LeavesTheOtherAlone()
    {
        CollectionAssert.AreEqual(Gray([128, 5]), Resize(Gray([0, 255, 5, 5]), 2, 2, 1, 2));
        CollectionAssert.AreEqual(Gray([3, 130]), Resize(Gray([0, 255, 5, 5]), 2, 2, 2, 1));
    }

    [TestMethod]
    [DataRow(3)]
    [DataRow(31)]
    [DataRow(200)]
    public void Resize_White_StaysWhite(int size)
    {
        var white = new byte[3 * 97 * 61];
        Array.Fill(white, (byte)255);
        Assert.IsTrue(Resize(white, 97, 61, size, size).All(value => value == 255));
    }

    [TestMethod]
    public void Resize_TransposedImage_GivesTransposedRows()
    {
        var row = RandomImage(50, 1);
        CollectionAssert.AreEqual(Resize(row, 50, 1, 13, 1), Resize(row, 1, 50, 1, 13));
    }

    [TestMethod]
    public void Resize_LargePhotograph_KeepsItsGradient()
    {
        const int Width = 5000;
        const int Height = 3000;
        var rgb = new byte[3 * Width * Height];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var at = 3 * ((y * Width) + x);
                (rgb[at], rgb[at + 1], rgb[at + 2]) = ((byte)(x * 256 / Width), (byte)(y * 256 / Height), 77);
            }
        }

        var output = Resize(rgb, Width, Height, 32, 32);
        for (var i = 1; i < 31; i++)
        {
            var at = 3 * ((i * 32) + i);
            Assert.AreEqual((8 * i) + 3.5, output[at], 0.6);
            Assert.AreEqual((8 * i) + 3.5, output[at + 1], 0.6);
            Assert.AreEqual(77, output[at + 2]);
        }
    }

    [TestMethod]
    [DataRow(500, 375, 298, 224, 37, 0)]
    [DataRow(60, 40, 400, 267, 176, 43)]
    [DataRow(300, 1000, 300, 1000, 5, 700)]
    [DataRow(1, 1, 300, 260, 3, 20)]
    public void ResizeAndCrop_IsThatPartOfTheResizedImage(int width, int height, int newWidth, int newHeight, int left, int top)
    {
        var rgb = RandomImage(width, height);
        var whole = Resize(rgb, width, height, newWidth, newHeight);
        var part = new byte[3 * 224 * 224];
        ImageResampler.ResizeAndCrop(rgb, width, height, new CropWindow(newWidth, newHeight, left, top), part);
        for (var y = 0; y < 224; y++)
        {
            var expected = whole.AsSpan(3 * (((top + y) * newWidth) + left), 3 * 224);
            CollectionAssert.AreEqual(expected.ToArray(), part.AsSpan(3 * 224 * y, 3 * 224).ToArray(), $"row {y}");
        }
    }

    [TestMethod]
    public void ResizeAndCrop_LineOfPixels_TakesNoMemoryForWhatIsCutOff()
    {
        // The resized image would have 224 x 4,480,000 pixels.
        var rgb = RandomImage(1, 20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        ImageResampler.ResizeAndCrop(rgb, 1, 20_000, CropWindow.Center(1, 20_000), new byte[3 * 224 * 224]);
        Assert.IsLessThan(2_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Resize_AnySizes_EqualsThePlainSums()
    {
        // Odd and even numbers of weights, and images of a few pixels, whose last pixels cannot be read eight bytes at a time.
        var random = new Random(4);
        for (var i = 0; i < 300; i++)
        {
            var (width, height, newWidth, newHeight) = (1 + random.Next(40), 1 + random.Next(40), 1 + random.Next(20), 1 + random.Next(20));
            var rgb = new byte[3 * width * height];
            random.NextBytes(rgb);
            var output = new byte[3 * newWidth * newHeight];
            ImageResampler.Resize(rgb, width, height, newWidth, newHeight, output);
            var between = newWidth == width ? rgb : ResizePlainly(rgb, ResampleCoefficients.For(width, newWidth), height, 3, 3 * width, 3 * newWidth, 3);
            var expected = newHeight == height
                ? between
                : ResizePlainly(between, ResampleCoefficients.For(height, newHeight), 1, 3 * newWidth, 0, 0, 3 * newWidth);
            CollectionAssert.AreEqual(expected, output, $"{width} x {height} to {newWidth} x {newHeight}");
        }
    }

    // The bytes per element, the stride between lines, and the stride between elements of the axis.
    private static byte[] ResizePlainly(byte[] input, ResampleCoefficients table, int lines, int elementBytes, int lineBytes, int newLineBytes, int step)
    {
        var output = new byte[lines * Math.Max(newLineBytes, table.Length * step)];
        for (var line = 0; line < lines; line++)
        {
            for (var i = 0; i < table.Length; i++)
            {
                for (var b = 0; b < elementBytes; b++)
                {
                    var sum = 1 << (ResampleCoefficients.FractionBits - 1);
                    for (var w = 0; w < table.Weights(i).Length; w++)
                    {
                        sum += input[(line * lineBytes) + ((table.First(i) + w) * step) + b] * table.Weights(i)[w];
                    }

                    output[(line * newLineBytes) + (i * step) + b] = (byte)Math.Clamp(sum >> ResampleCoefficients.FractionBits, 0, 255);
                }
            }
        }

        return output;
    }

    [TestMethod]
    public void Resize_SameSizesAgain_AllocatesNothing()
    {
        var rgb = RandomImage(96, 64);
        var output = new byte[3 * 32 * 32];
        ImageResampler.Resize(rgb, 96, 64, 32, 32, output);
        Assert.AreEqual(0, Allocations.Least(() => ImageResampler.Resize(rgb, 96, 64, 32, 32, output)));
    }

    [TestMethod]
    public void Resize_MoreSizesThanTablesAreKept_StaysRight()
    {
        for (var size = 2; size < 600; size++)
        {
            ImageResampler.Resize(new byte[3 * size], size, 1, 1, 1, new byte[3]);
        }

        AssertRow([0, 100], [0, 25, 75, 100], "after the tables were dropped");
    }

    [TestMethod]
    public void Resize_LengthOrSizeWrong_Throws()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => ImageResampler.Resize(new byte[11], 2, 2, 1, 1, new byte[3]));
        StringAssert.Contains(error.Message, "An RGB image of 2 x 2 pixels has 12 channel values, not 11.");
        Assert.ThrowsExactly<ArgumentException>(() => ImageResampler.Resize(new byte[12], 2, 2, 1, 1, new byte[4]));
        Assert.ThrowsExactly<ArgumentException>(() => ImageResampler.Resize([], 0, 2, 1, 1, new byte[3]));
        Assert.ThrowsExactly<ArgumentException>(() => ImageResampler.Resize(new byte[12], 2, 2, 1, 0, []));
    }

    private static void AssertRow(byte[] row, byte[] expected, string why)
    {
        CollectionAssert.AreEqual(Gray(expected), Resize(Gray(row), row.Length, 1, expected.Length, 1), why);
        CollectionAssert.AreEqual(Gray(expected), Resize(Gray(row), 1, row.Length, 1, expected.Length), why);
    }

    private static byte[] Resize(byte[] rgb, int width, int height, int newWidth, int newHeight)
    {
        var output = new byte[3 * newWidth * newHeight];
        ImageResampler.Resize(rgb, width, height, newWidth, newHeight, output);
        return output;
    }

    private static byte[] Gray(byte[] values) => [.. values.SelectMany(value => new[] { value, value, value })];

    private static byte[] RandomImage(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        new Random(width).NextBytes(rgb);
        return rgb;
    }
}
