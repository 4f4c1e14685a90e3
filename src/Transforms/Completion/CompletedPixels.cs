using IGptMl.Images;
using Microsoft.ML.Data;

namespace IGptMl.Completion;

/// <summary>Turns the tokens of a completed image into pixels.</summary>
/// <param name="palette">The colors of the tokens.</param>
/// <param name="imageSize">The side of the model's images.</param>
/// <param name="kept">Whether each position was kept: (T).</param>
/// <param name="cropping">Which part of an image the model's square is.</param>
internal sealed class CompletedPixels(Palette palette, int imageSize, bool[] kept, ImageCropping cropping)
{
    internal int ImageSize => imageSize;

    internal int ContextLength => kept.Length;

    /// <summary>The completed image at the model's size; the caller disposes it.</summary>
    internal MLImage CreateImage(ReadOnlySpan<ushort> tokens)
    {
        var rgb = new byte[3 * tokens.Length];
        palette.Decode(tokens, rgb);
        return ImagePixels.FromRgb(rgb, imageSize, imageSize);
    }

    /// <summary>What of it was kept, the rest white; the caller disposes it.</summary>
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

    /// <summary>The original with what was drawn in the place of what was not kept; the caller disposes it.</summary>
    internal MLImage Compose(MLImage original, ReadOnlySpan<ushort> tokens)
    {
        var (width, height) = (original.Width, original.Height);
        var rgb = new byte[ImagePixels.CountRgb(original)];
        ImagePixels.CopyRgb(original, rgb);
        var square = CropWindow.Seen(width, height, imageSize, cropping);
        var small = new byte[3 * tokens.Length];
        palette.Decode(tokens, small);
        var drawn = new byte[3 * square.Width * square.Height];
        ImageResampler.Resize(small, imageSize, imageSize, square.Width, square.Height, drawn);
        for (var y = 0; y < square.Height; y++)
        {
            var row = Place(y, square.Height) * imageSize;
            for (var x = 0; x < square.Width; x++)
            {
                if (!kept[row + Place(x, square.Width)])
                {
                    drawn.AsSpan(3 * ((y * square.Width) + x), 3).CopyTo(rgb.AsSpan(3 * (((square.Top + y) * width) + square.Left + x)));
                }
            }
        }

        return ImagePixels.FromRgb(rgb, width, height);
    }

    /// <summary>The model's pixel in which the middle of one of <paramref name="count"/> pixels lies.</summary>
    private int Place(int pixel, int count) => (int)(((2L * pixel) + 1) * imageSize / (2L * count));
}
