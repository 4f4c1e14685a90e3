using System.Buffers.Binary;
using IGptMl.Images;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML.Data;
using SkiaSharp;

namespace IGptMl.Tests.Images;

[TestClass]
public sealed class ImageDecoderTests
{
    [TestMethod]
    [DataRow(1, "RGBW")]
    [DataRow(2, "GRWB")]
    [DataRow(3, "WBGR")]
    [DataRow(4, "BWRG")]
    [DataRow(5, "RBGW")]
    [DataRow(6, "BRWG")]
    [DataRow(7, "WGBR")]
    [DataRow(8, "GWRB")]
    public void Decode_Jpeg_IsUprightAsExifSays(int orientation, string corners)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("photo.jpg", WithOrientation(Quadrants(), orientation));

        using var image = ImageDecoder.Decode(path);

        Assert.AreEqual(orientation < 5 ? (64, 32) : (32, 64), (image.Width, image.Height));
        var rgb = Rows.Rgb(image);
        (int X, int Y)[] quarters = [(1, 1), (3, 1), (1, 3), (3, 3)];
        var seen = string.Concat(quarters.Select(at => Letter(rgb, image.Width, at.X * image.Width / 4, at.Y * image.Height / 4)));
        Assert.AreEqual(corners, seen);
    }

    [TestMethod]
    public void Decode_GrayPng_HasThreeEqualChannels()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("gray.png", GrayPng.Create(2, 2, [0, 80, 160, 255]));

        using var image = ImageDecoder.Decode(path);

        CollectionAssert.AreEqual(new byte[] { 0, 0, 0, 80, 80, 80, 160, 160, 160, 255, 255, 255 }, Rows.Rgb(image));
    }

    [TestMethod]
    public void Decode_Transparent_LiesOnWhite()
    {
        using var folder = new TemporaryFolder();
        using var bitmap = new SKBitmap(new SKImageInfo(3, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(255, 0, 0, 0));
        bitmap.SetPixel(1, 0, new SKColor(255, 0, 0, 128));
        bitmap.SetPixel(2, 0, new SKColor(10, 20, 30, 255));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        var path = folder.Write("alpha.png", data.ToArray());

        using var image = ImageDecoder.Decode(path);

        CollectionAssert.AreEqual(new byte[] { 255, 255, 255, 255, 127, 127, 10, 20, 30 }, Rows.Rgb(image));
    }

    [TestMethod]
    public void Decode_AnimatedGif_IsItsFirstPicture()
    {
        using var folder = new TemporaryFolder();
        byte[] frame = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2];
        var path = folder.Write("two.gif", [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, .. frame, 0x44, 1, 0, .. frame, 0x4c, 1, 0, 0x3b]);

        using var image = ImageDecoder.Decode(path);

        CollectionAssert.AreEqual(new byte[] { 255, 0, 0 }, Rows.Rgb(image));
    }

    [TestMethod]
    public void Decode_Bmp_HasItsColors()
    {
        using var folder = new TemporaryFolder();
        byte[] header = [.. "BM"u8, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, .. new byte[24]];
        var path = folder.Write("two.bmp", [.. header, 30, 20, 10, 60, 50, 40, 0, 0]);

        using var image = ImageDecoder.Decode(path);

        CollectionAssert.AreEqual(new byte[] { 10, 20, 30, 40, 50, 60 }, Rows.Rgb(image));
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void Decode_FileThatBreaksOff_IsRefused(SKEncodedImageFormat format)
    {
        using var folder = new TemporaryFolder();
        var bytes = Noise(format);
        Decode(folder.Write("whole", bytes)).Dispose();

        foreach (var part in new[] { 0.02, 0.3, 0.9 })
        {
            var path = folder.Write("part", bytes[..(int)(part * bytes.Length)]);
            var error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(path), $"{part}");
            StringAssert.StartsWith(error.Message, $"'{path}' cannot be read as an image: ");
        }
    }

    [TestMethod]
    [DataRow(SKEncodedImageFormat.Png)]
    [DataRow(SKEncodedImageFormat.Jpeg)]
    [DataRow(SKEncodedImageFormat.Webp)]
    public void Decode_DamagedFile_IsReadOrRefused(SKEncodedImageFormat format)
    {
        using var folder = new TemporaryFolder();
        var bytes = Noise(format);
        var random = new Random(2);
        for (var trial = 0; trial < 200; trial++)
        {
            var damaged = bytes.ToArray();
            for (var i = 0; i <= trial % 4; i++)
            {
                damaged[random.Next(trial % 2 == 0 ? 64 : damaged.Length)] = (byte)random.Next(256); // half of the changes are in the headers
            }

            var path = folder.Write("damaged", damaged);
            try
            {
                Decode(path).Dispose();
            }
            catch (InvalidDataException e)
            {
                StringAssert.StartsWith(e.Message, $"'{path}' cannot be read as an image: ");
            }
        }
    }

    [TestMethod]
    public void Decode_GiganticClaim_IsRefusedBeforeMemoryIsTaken()
    {
        using var folder = new TemporaryFolder();
        var png = GrayPng.Create(30_000, 1, new byte[30_000]);
        png[22] = 0x75; // the height is 30,000 instead of 1; the checksum matches
        png[23] = 0x30;
        uint crc = uint.MaxValue;
        foreach (var value in png[12..29])
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), ~crc);
        AssertRefused(folder.Write("bomb.png", png), "it has 30000 x 30000 pixels; expected at most 268,435,456 pixels.");
    }

    [TestMethod]
    public void Decode_NoImage_SaysWhy()
    {
        using var folder = new TemporaryFolder();

        AssertRefused(folder.Write("empty.png", []), "it is empty.");
        AssertRefused(folder.Write("text.png", "not a picture"u8.ToArray()), "it is not an image in a supported format.");
        AssertRefused(folder.Combine("nowhere.png"), "it does not exist.");
        AssertRefused(folder.Combine("no", "where.png"), "it does not exist.");
        AssertRefused(folder.Path, null);
    }

    private static MLImage Decode(string path) => ImageDecoder.Decode(path);

    private static void AssertRefused(string path, string? problem)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Decode(path));
        StringAssert.StartsWith(error.Message, $"'{path}' cannot be read as an image: {problem}");
    }

    /// <summary>64 x 32 pixels: red, green above blue, white.</summary>
    private static byte[] Quadrants()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(64, 32, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var y = 0; y < 32; y++)
        {
            for (var x = 0; x < 64; x++)
            {
                bitmap.SetPixel(x, y, (x < 32, y < 16) switch
                {
                    (true, true) => SKColors.Red,
                    (false, true) => SKColors.Lime,
                    (true, false) => SKColors.Blue,
                    _ => SKColors.White,
                });
            }
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();
    }

    /// <summary>The JPEG with an added APP1 segment, which has one EXIF tag, 0x0112.</summary>
    private static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] tiff = [.. "MM"u8, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        byte[] body = [.. "Exif"u8, 0, 0, .. tiff];
        return [.. jpeg[..2], 0xff, 0xe1, 0, (byte)(body.Length + 2), .. body, .. jpeg[2..]];
    }

    private static string Letter(byte[] rgb, int width, int x, int y)
        => rgb[(3 * ((y * width) + x))..(3 * ((y * width) + x + 1))] switch
        {
            [> 200, > 200, > 200] => "W",
            [> 200, < 60, < 60] => "R",
            [< 60, > 200, < 60] => "G",
            [< 60, < 60, > 200] => "B",
            var other => $"({string.Join(',', other)})",
        };

    private static byte[] Noise(SKEncodedImageFormat format)
    {
        var random = new Random(1);
        using var bitmap = new SKBitmap(new SKImageInfo(64, 64, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var i = 0; i < 64 * 64; i++)
        {
            bitmap.SetPixel(i % 64, i / 64, new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }
}
