using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using SkiaSharp;

namespace IGptMl.Images;

/// <summary>
/// Image files to upright, opaque RGB: PNG, JPEG, BMP, WebP and GIF (of an animation the first picture). The orientation that a camera noted (EXIF) is applied, gray becomes
/// three equal channels, and what is transparent shows white paper. Values are taken as they are stored; color profiles are not applied.
/// </summary>
/// <remarks>MLImage.CreateFromFile does none of this, and takes a file that breaks off for a whole one.</remarks>
internal static class ImageDecoder
{
    private const int PixelBytes = 4;

    // 268 million: more than any camera has. A file of a few bytes can claim any size.
    private const long MostPixels = 1L << 28;

    /// <summary>Reads a file.</summary>
    /// <returns>The image, Rgba32, with the path as its tag; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">It cannot be read; the message names the file and says why.</exception>
    public static MLImage Decode(string path)
    {
        using var data = Load(path);
        return Decode(data, path);
    }

    /// <summary>Reads the content of a file.</summary>
    /// <returns>The image, Rgba32; the caller owns it.</returns>
    /// <exception cref="InvalidDataException">It cannot be read; the message says why.</exception>
    public static MLImage Decode(byte[] content)
    {
        using var data = SKData.CreateCopy(content);
        return Decode(data, $"{content.Length:N0} bytes");
    }

    private static MLImage Decode(SKData data, string path)
    {
        using var codec = SKCodec.Create(data) ?? throw Unreadable(path, "it is no image of a format that is understood");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > MostPixels)
        {
            throw Unreadable(path, $"{width} x {height} pixels are no size of a picture; expected {MostPixels:N0} pixels at most");
        }

        var length = width * height * PixelBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var pixels = buffer.AsSpan(0, length);
            ReadPixels(codec, buffer, path);
            var origin = codec.EncodedOrigin;
            if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default)
            {
                return Create(path, width, height, pixels);
            }

            var upright = ArrayPool<byte>.Shared.Rent(length);
            ImageOrientation.Apply(MemoryMarshal.Cast<byte, uint>(pixels), width, height, (int)origin, MemoryMarshal.Cast<byte, uint>(upright.AsSpan(0, length)));
            var image = ImageOrientation.SwapsSides((int)origin) ? Create(path, height, width, upright.AsSpan(0, length)) : Create(path, width, height, upright.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(upright);
            return image;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
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
            throw Unreadable(path, e.Message.TrimEnd('.'), e);
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
            throw Unreadable(path, result == SKCodecResult.IncompleteInput ? "it breaks off before the image is complete" : $"its content is damaged ({result})");
        }

        if (!opaque)
        {
            LayOnWhite(buffer.AsSpan(0, info.Width * info.Height * PixelBytes));
        }
    }

    /// <summary>Colors come multiplied by their alpha, so what is missing to 255 is the share of the paper.</summary>
    private static void LayOnWhite(Span<byte> pixels)
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

    private static InvalidDataException Unreadable(string path, string problem, Exception? cause = null) => new($"'{path}' cannot be read as an image: {problem}.", cause);
}
