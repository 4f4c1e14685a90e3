using IGptMl.Images;
using IGptMl.Tests.Data;
using SkiaSharp;

namespace IGptMl.Tests.Images;

/// <summary>Each format that is read, with each step from its content to upright, opaque RGB.</summary>
[TestClass]
public sealed class FormatStepsTests
{
    private const int Gray = 0, Rgb = 2, Indexed = 3, GrayAlpha = 4, Rgba = 6;

    private static readonly byte[] TwoByOne = [0, 200, 10, 20, 30, 40, 250];

    /// <summary>Files of the formats by name, with the channel values that they mean.</summary>
    private static readonly Dictionary<string, (Func<byte[]> File, byte[] Expected)> Files = new()
    {
        ["PNG, gray of 1 bit"] = (() => PictureBytes.Png(2, 1, 1, Gray, [0, 0b0100_0000]), [0, 0, 0, 255, 255, 255]),
        ["PNG, gray of 16 bits"] = (() => PictureBytes.Png(2, 1, 16, Gray, [0, 80, 80, 200, 200]), [80, 80, 80, 200, 200, 200]),
        ["PNG, gray with alpha"] = (() => PictureBytes.Png(2, 1, 8, GrayAlpha, [0, 100, 255, 0, 0]), [100, 100, 100, 255, 255, 255]),
        ["PNG, gray with a transparent value"] = (() => PictureBytes.Png(2, 1, 8, Gray, [0, 100, 7], before: [("tRNS", [0, 7])]),
            [100, 100, 100, 255, 255, 255]),
        ["PNG, RGB"] = (() => PictureBytes.Png(2, 1, 8, Rgb, TwoByOne), TwoByOne[1..]),
        ["PNG, RGB of 16 bits"] = (() => PictureBytes.Png(1, 1, 16, Rgb, [0, 200, 200, 10, 10, 20, 20]), [200, 10, 20]),
        ["PNG, RGB with alpha of 16 bits"] = (() => PictureBytes.Png(1, 1, 16, Rgba, [0, 9, 9, 9, 9, 9, 9, 0, 0]), [255, 255, 255]),
        ["PNG, palette"] = (() => PictureBytes.Png(2, 1, 8, Indexed, [0, 1, 0], before: [("PLTE", [200, 10, 20, 30, 40, 250])]), [30, 40, 250, 200, 10, 20]),
        ["PNG, palette of 1 bit with alpha"] = (() => PictureBytes.Png(2, 1, 1, Indexed, [0, 0b0100_0000],
            before: [("PLTE", [200, 10, 20, 30, 40, 250]), ("tRNS", [255, 0])]), [200, 10, 20, 255, 255, 255]),
        ["PNG, interlaced"] = (() => PictureBytes.Png(2, 1, 8, Rgb, [0, 200, 10, 20, 0, 30, 40, 250], isInterlaced: true), TwoByOne[1..]),
        ["PNG, animated"] = (() => PictureBytes.Png(2, 1, 8, Rgb, TwoByOne, before: [("acTL", [0, 0, 0, 1, 0, 0, 0, 0])]), TwoByOne[1..]),
        ["PNG, gamma and profile"] = (() => PictureBytes.Png(2, 1, 8, Rgb, TwoByOne, before: [("gAMA", [0, 0, 0x27, 0x10])]), TwoByOne[1..]),
        ["PNG, turned"] = (() => PictureBytes.Png(1, 2, 8, Rgb, [0, 30, 40, 250, 0, 200, 10, 20], before: [("eXIf", PictureBytes.Exif(6))]), TwoByOne[1..]),
        ["PNG, turned, little-endian after the pixels"] = (() => PictureBytes.Png(1, 2, 8, Rgb, [0, 200, 10, 20, 0, 30, 40, 250],
            after: [("eXIf", PictureBytes.Exif(8, isLittle: true))]), TwoByOne[1..]),
        ["PNG, mirrored"] = (() => PictureBytes.Png(2, 1, 8, Rgb, [0, 30, 40, 250, 200, 10, 20], before: [("eXIf", PictureBytes.Exif(2))]), TwoByOne[1..]),
        ["PNG, damaged orientation"] = (() => PictureBytes.Png(2, 1, 8, Rgb, TwoByOne, before: [("eXIf", PictureBytes.Exif(77))]), TwoByOne[1..]),
        ["PNG, broken EXIF"] = (() => PictureBytes.Png(2, 1, 8, Rgb, TwoByOne, before: [("eXIf", PictureBytes.Exif(6)[..15])]), TwoByOne[1..]),
        ["JPEG, gray"] = (() => PictureBytes.Jpeg([77]), [77, 77, 77]),
        ["JPEG, color"] = (() => PictureBytes.Jpeg([100, 128, 128]), [100, 100, 100]),
        ["JPEG, progressive"] = (() => PictureBytes.Jpeg([100, 128, 128], frame: 0xC2), [100, 100, 100]),
        ["JPEG, RGB of Adobe"] = (() => PictureBytes.Jpeg([200, 10, 20], adobeTransform: 0), [200, 10, 20]),
        ["JPEG, CMYK of Adobe"] = (() => PictureBytes.Jpeg([255, 51, 0, 255], adobeTransform: 0), [255, 51, 0]),
        ["JPEG, YCCK of Adobe"] = (() => PictureBytes.Jpeg([100, 128, 128, 255], adobeTransform: 2), [155, 155, 155]),
        ["BMP, 24 bits"] = (() => PictureBytes.Bmp(2, 1, 24, [], [20, 10, 200, 250, 40, 30, 0, 0]), TwoByOne[1..]),
        ["BMP, 32 bits"] = (() => PictureBytes.Bmp(2, 1, 32, [], [20, 10, 200, 0, 250, 40, 30, 0]), TwoByOne[1..]),
        ["BMP, palette"] = (() => PictureBytes.Bmp(2, 1, 8, [250, 40, 30, 0, 20, 10, 200, 0], [1, 0, 0, 0]), TwoByOne[1..]),
        ["BMP, from the top"] = (() => PictureBytes.Bmp(1, -2, 24, [], [20, 10, 200, 0, 250, 40, 30, 0]), TwoByOne[1..]),
        ["GIF, transparent"] = (() => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x21, 0xF9, 4, 1, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1,
            0, 0, 2, 2, 0x44, 1, 0, 0x3b], [255, 255, 255]),
        ["GIF, palette"] = (() => [.. "GIF87a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b],
            [0, 0, 255]),
        ["WebP"] = (() => WebP(SKAlphaType.Opaque), [200, 10, 20, 30, 40, 250]),
        ["WebP, alpha"] = (() => WebP(SKAlphaType.Unpremul), [255, 255, 255, 30, 40, 250]),
        ["WebP, mirrored"] = (() => PictureBytes.WithExif(WebP(SKAlphaType.Opaque), 2, 1, PictureBytes.Exif(2)), [30, 40, 250, 200, 10, 20]),
        ["WebP, mirrored, with the header of JPEG"] = (() => PictureBytes.WithExif(WebP(SKAlphaType.Opaque), 2, 1,
            [.. "Exif"u8, 0, 0, .. PictureBytes.Exif(2, isLittle: true)]), [30, 40, 250, 200, 10, 20]),
    };

    public static IEnumerable<object[]> Names => Files.Keys.Select(name => (object[])[name]);

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Decode_EachFormatAndStep_GivesUprightOpaqueRgb(string name)
    {
        using var folder = new TemporaryFolder();
        var (file, expected) = Files[name];
        using var image = ImageDecoder.Decode(folder.Write("image", file()));
        CollectionAssert.AreEqual(expected, Rows.Rgb(image)[..expected.Length], string.Join(' ', Rows.Rgb(image).Take(expected.Length)));
    }

    private static byte[] WebP(SKAlphaType alpha)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(2, 1, SKColorType.Rgba8888, alpha));
        bitmap.SetPixel(0, 0, new SKColor(200, 10, 20, (byte)(alpha == SKAlphaType.Opaque ? 255 : 0)));
        bitmap.SetPixel(1, 0, new SKColor(30, 40, 250, 255));
        using var pixels = bitmap.PeekPixels();
        using var data = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
        return data.ToArray();
    }
}
