using System.Buffers;
using System.Runtime.InteropServices;
using IGptMl.Numerics;
using Microsoft.ML.Data;
using SkiaSharp;

namespace IGptMl.Images;

/// <summary>
/// Decodes image files to upright, opaque RGB: PNG, JPEG, BMP, WebP and GIF (the first frame of an animation). The EXIF orientation is applied, gray
/// becomes three equal channels, and transparent pixels are blended with white. Color profiles are ignored: channel values are used as stored.
/// </summary>
/// <remarks>MLImage.CreateFromFile does none of this, and accepts truncated files.</remarks>
internal static class ImageDecoder
{
    private const int PixelBytes = 4;

    // 268 million pixels, more than any camera has. Without a limit, a file of a few bytes could claim any size.
    internal const long MostPixels = 1L << 28;

    /// <summary>The extensions of the formats that are decoded, for listing the images of a folder.</summary>
    internal static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp"];

    /// <summary>Decodes a file.</summary>
    /// <returns>The image, Rgba32, with the path as its tag; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">The file cannot be decoded; the message names the file and the problem.</exception>
    public static MLImage Decode(string path)
    {
        using var data = Load(path);
        return Decode(data, path);
    }

    /// <summary>Decodes the content of a file.</summary>
    /// <param name="content">The bytes.</param>
    /// <param name="mostPixels">An image of more pixels is refused before they are decoded.</param>
    /// <returns>The image, Rgba32; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">The content cannot be decoded; the message names the problem.</exception>
    public static MLImage Decode(byte[] content, long mostPixels = MostPixels)
    {
        using var data = SKData.CreateCopy(content);
        return Decode(data, $"{content.Length:N0} bytes", mostPixels);
    }

    private static MLImage Decode(SKData data, string path, long mostPixels = MostPixels)
    {
        using var codec = SKCodec.Create(data) ?? throw Unreadable(path, DescribeContent(data));
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > mostPixels)
        {
            throw Unreadable(path, $"it has {width} x {height} pixels; expected at most {mostPixels:N0} pixels");
        }

        var length = width * height * PixelBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var pixels = buffer.AsSpan(0, length);
            ReadPixels(codec, buffer, path);
            var origin = codec.EncodedOrigin == SKEncodedOrigin.TopLeft ? (SKEncodedOrigin)ExifOrientation.Find(data.AsSpan()) : codec.EncodedOrigin;
            if (origin == SKEncodedOrigin.TopLeft)
            {
                return Create(path, width, height, pixels);
            }

            var upright = ArrayPool<byte>.Shared.Rent(length);
            var turned = upright.AsSpan(0, length);
            ImageOrientation.Apply(MemoryMarshal.Cast<byte, uint>(pixels), width, height, (int)origin, MemoryMarshal.Cast<byte, uint>(turned));
            var image = ImageOrientation.SwapsSides((int)origin) ? Create(path, height, width, turned) : Create(path, width, height, turned);
            ArrayPool<byte>.Shared.Return(upright);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a file is that no codec reads.</summary>
    private static string DescribeContent(SKData data)
    {
        var start = data.AsSpan()[..(int)Math.Min(data.Size, FileKind.StartBytes)];
        return FileKind.Of(start, data.Size) switch
        {
            { Form: FileForm.Unknown } => "it is not an image in a supported format",
            { Form: FileForm.Image } kind => $"it starts like {kind.Description}, but is damaged",
            var kind => $"it is {kind.Description}",
        };
    }

    private static SKData Load(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return stream.Length > 0 ? SKData.Create(stream) ?? throw Unreadable(path, "it cannot be read to its end") : throw Unreadable(path, "it is empty");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Unreadable(path, "it does not exist", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, Directory.Exists(path) ? "it is a folder" : e.Message.TrimEnd('.'), e);
        }
    }

    private static void ReadPixels(SKCodec codec, byte[] buffer, string path)
    {
        var opaque = codec.Info.AlphaType == SKAlphaType.Opaque;
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, opaque ? SKAlphaType.Opaque : SKAlphaType.Premul);
        var pin = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        SKCodecResult result;
        try
        {
            result = codec.GetPixels(info, pin.AddrOfPinnedObject());
        }
        finally
        {
            pin.Free();
        }

        if (result != SKCodecResult.Success)
        {
            throw Unreadable(path, result == SKCodecResult.IncompleteInput ? "it is truncated"
                : $"its content is damaged ({result})");
        }

        if (!opaque)
        {
            BlendWithWhite(buffer.AsSpan(0, info.Width * info.Height * PixelBytes));
        }
    }

    /// <summary>Blends with white. The stored colors are already multiplied by alpha, so white contributes the remaining 255 - alpha.</summary>
    private static void BlendWithWhite(Span<byte> pixels)
    {
        for (var i = 0; i < pixels.Length; i += PixelBytes)
        {
            var paper = byte.MaxValue - pixels[i + 3];
            if (paper != 0)
            {
                pixels[i] = (byte)Math.Min(pixels[i] + paper, byte.MaxValue);
                pixels[i + 1] = (byte)Math.Min(pixels[i + 1] + paper, byte.MaxValue);
                pixels[i + 2] = (byte)Math.Min(pixels[i + 2] + paper, byte.MaxValue);
                pixels[i + 3] = byte.MaxValue;
            }
        }
    }

    private static MLImage Create(string path, int width, int height, ReadOnlySpan<byte> pixels)
    {
        var image = MLImage.CreateFromPixels(width, height, MLPixelFormat.Rgba32, pixels);
        image.Tag = path;
        return image;
    }

    private static InvalidDataException Unreadable(string path, string problem, Exception? cause = null) =>
        new($"'{path}' cannot be read as an image: {problem}.", cause);
}
