using SkiaSharp;

namespace IGptMl.Samples.WebApi;

/// <summary>Reads uploads.</summary>
internal static class Picture
{
    /// <summary>Reads an upload, after its size was checked.</summary>
    /// <exception cref="UnreadableException">It is no picture.</exception>
    /// <exception cref="TooLargeException">It has too many bytes or pixels.</exception>
    internal static async Task<byte[]> ReadAsync(IFormFile file, ApiSettings settings, CancellationToken aborted)
    {
        if (file.Length > settings.MaximumBytes)
        {
            throw new TooLargeException($"The picture has {file.Length:N0} bytes; expected at most {settings.MaximumBytes:N0}.");
        }

        var bytes = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
        {
            await stream.ReadExactlyAsync(bytes, aborted);
        }

        // The first bytes tell the size, without decoding the picture.
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data)
            ?? throw new UnreadableException("The upload is no picture that can be read; expected PNG, JPEG, BMP, GIF or WebP.");
        var pixels = (long)codec.Info.Width * codec.Info.Height;
        return pixels <= settings.MaximumPixels ? bytes
            : throw new TooLargeException(
                $"The picture has {codec.Info.Width} x {codec.Info.Height} pixels; expected at most {settings.MaximumPixels:N0} pixels.");
    }

    /// <summary>An upload that is no picture.</summary>
    internal sealed class UnreadableException(string message) : Exception(message);

    /// <summary>An upload with too many bytes or pixels.</summary>
    internal sealed class TooLargeException(string message) : Exception(message);
}
