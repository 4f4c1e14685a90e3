using System.Buffers;
using IGptMl.Images;
using Microsoft.ML.Data;

namespace IGptMl.Completion;

/// <summary>Converts the tokens of a completed image to pixels.</summary>
/// <param name="palette">The colors of the tokens.</param>
/// <param name="imageSize">The side of the model's images.</param>
/// <param name="kept">Whether each position was kept, (T).</param>
/// <param name="cropping">How images are cropped to the model's square.</param>
internal sealed class CompletedPixels(Palette palette, int imageSize, bool[] kept, ImageCropping cropping)
{
    internal int ImageSize => imageSize;

    internal int ContextLength => kept.Length;

    /// <summary>Creates the completed image at the model's size; the caller disposes it.</summary>
    internal MLImage CreateImage(ReadOnlySpan<ushort> tokens)
    {
        var rgb = new byte[3 * tokens.Length];
        palette.Decode(tokens, rgb);
        return ImagePixels.FromRgb(rgb, imageSize, imageSize);
    }

    /// <summary>Creates the image of the kept part, with the rest in white; the caller disposes it.</summary>
    internal MLImage CreateKeptImage(ReadOnlySpan<ushort> tokens)
    {
        var rgb = new byte[3 * tokens.Length];
        palette.Decode(tokens, rgb);
        for (var i = 0; i < kept.Length; i++)
        {
            if (!kept[i])
            {
                rgb.AsSpan(3 * i, 3).Fill(byte.MaxValue);
            }
        }

        return ImagePixels.FromRgb(rgb, imageSize, imageSize);
    }

    /// <summary>Creates a copy of the original, in which the sampled pixels replace those that were not kept; the caller disposes it.</summary>
    internal MLImage Compose(MLImage original, ReadOnlySpan<ushort> tokens)
    {
        var (width, height) = (original.Width, original.Height);
        var square = CropWindow.Seen(width, height, imageSize, cropping);
        var (count, drawnCount) = (ImagePixels.CountRgb(original), 3 * square.Width * square.Height);
        var buffer = ArrayPool<byte>.Shared.Rent(count); // an image of a camera has tens of megabytes
        var drawnBuffer = ArrayPool<byte>.Shared.Rent(drawnCount);
        try
        {
            var rgb = buffer.AsSpan(0, count);
            var drawn = drawnBuffer.AsSpan(0, drawnCount);
            ImagePixels.CopyRgb(original, rgb);
            var small = new byte[3 * tokens.Length];
            palette.Decode(tokens, small);
            ImageResampler.Resize(small, imageSize, imageSize, square.Width, square.Height, drawn);
            for (var y = 0; y < square.Height; y++)
            {
                var row = Place(y, square.Height) * imageSize;
                for (var x = 0; x < square.Width; x++)
                {
                    if (!kept[row + Place(x, square.Width)])
                    {
                        drawn.Slice(3 * ((y * square.Width) + x), 3).CopyTo(rgb[(3 * (((square.Top + y) * width) + square.Left + x))..]);
                    }
                }
            }

            return ImagePixels.FromRgb(rgb, width, height);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<byte>.Shared.Return(drawnBuffer);
        }
    }

    /// <summary>The model's pixel that contains the center of pixel <paramref name="pixel"/> of <paramref name="count"/>.</summary>
    private int Place(int pixel, int count) => (int)(((2L * pixel) + 1) * imageSize / (2L * count));
}
