using System.Buffers;

namespace IGptMl.Palettes;

/// <summary>
/// The antialiased bilinear resize of Pillow, with which Hugging Face's image processor prepares images, bit for bit: a triangle filter whose width grows
/// with the reduction, applied along the rows and then down the columns, with 8-bit values between the two. Aspect ratio is not kept. Thread-safe.
/// </summary>
internal static class ImageResampler
{
    private const int Half = 1 << (ResampleCoefficients.FractionBits - 1);

    /// <summary>Resizes an RGB image. An axis whose size does not change is left alone, and an image of the right size copied.</summary>
    /// <param name="rgb">height x width x 3 channel values, row-major.</param>
    /// <param name="width">Width of the input in pixels, at least 1.</param>
    /// <param name="height">Height of the input in pixels, at least 1.</param>
    /// <param name="newWidth">Width of the output in pixels, at least 1.</param>
    /// <param name="newHeight">Height of the output in pixels, at least 1.</param>
    /// <param name="output">Receives newHeight x newWidth x 3 channel values, row-major.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a span's length is not that of its image.</exception>
    public static void Resize(ReadOnlySpan<byte> rgb, int width, int height, int newWidth, int newHeight, Span<byte> output)
    {
        CheckSize(rgb.Length, width, height, nameof(rgb));
        CheckSize(output.Length, newWidth, newHeight, nameof(output));
        if (newWidth == width)
        {
            if (newHeight == height)
            {
                rgb.CopyTo(output);
            }
            else
            {
                ResizeHeight(rgb, 3 * width, ResampleCoefficients.For(height, newHeight), 0, output);
            }
        }
        else if (newHeight == height)
        {
            ResizeWidth(rgb, width, ResampleCoefficients.For(width, newWidth), height, output);
        }
        else
        {
            var length = checked(3 * newWidth * height);
            var buffer = ArrayPool<byte>.Shared.Rent(length);
            var between = buffer.AsSpan(0, length);
            ResizeWidth(rgb, width, ResampleCoefficients.For(width, newWidth), height, between);
            ResizeHeight(between, 3 * newWidth, ResampleCoefficients.For(height, newHeight), 0, output);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Resizes an RGB image and takes a window of the result, of which nothing else is computed.</summary>
    /// <param name="rgb">height x width x 3 channel values, row-major.</param>
    /// <param name="width">Width of the input in pixels, at least 1.</param>
    /// <param name="height">Height of the input in pixels, at least 1.</param>
    /// <param name="window">The size to resize to, and where the window lies in it.</param>
    /// <param name="output">Receives <see cref="CropWindow.Side"/>² x 3 channel values, row-major.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a span's length is not that of its image.</exception>
    public static void ResizeAndCrop(ReadOnlySpan<byte> rgb, int width, int height, CropWindow window, Span<byte> output)
    {
        const int Side = CropWindow.Side;
        CheckSize(rgb.Length, width, height, nameof(rgb));
        CheckSize(output.Length, Side, Side, nameof(output));
        var columns = ResampleCoefficients.Part(width, window.Width, window.Left, Side);
        var rows = ResampleCoefficients.Part(height, window.Height, window.Top, Side);
        var first = rows.First(0);
        var needed = rows.First(Side - 1) + rows.Weights(Side - 1).Length - first;
        var length = checked(3 * Side * needed);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        var between = buffer.AsSpan(0, length);
        ResizeWidth(rgb.Slice(3 * width * first, 3 * width * needed), width, columns, needed, between);
        ResizeHeight(between, 3 * Side, rows, first, output);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static void CheckSize(int length, int width, int height, string argument)
    {
        if (width < 1 || height < 1)
        {
            throw new ArgumentException($"An image is at least 1 x 1 pixel, not {width} x {height}.", argument);
        }

        if (length != 3L * width * height)
        {
            throw new ArgumentException($"An RGB image of {width} x {height} pixels has {3L * width * height} channel values, not {length}.", argument);
        }
    }

    private static void ResizeWidth(ReadOnlySpan<byte> input, int width, ResampleCoefficients table, int height, Span<byte> output)
    {
        var at = 0;
        for (var y = 0; y < height; y++)
        {
            var row = input.Slice(3 * width * y, 3 * width);
            for (var x = 0; x < table.Length; x++)
            {
                var weights = table.Weights(x);
                var pixels = row.Slice(3 * table.First(x), 3 * weights.Length);
                var (red, green, blue) = (Half, Half, Half);
                foreach (var weight in weights)
                {
                    red += pixels[0] * weight;
                    green += pixels[1] * weight;
                    blue += pixels[2] * weight;
                    pixels = pixels[3..];
                }

                output[at++] = ToByte(red);
                output[at++] = ToByte(green);
                output[at++] = ToByte(blue);
            }
        }
    }

    // The input begins with that row of the image.
    private static void ResizeHeight(ReadOnlySpan<byte> input, int stride, ResampleCoefficients table, int firstRow, Span<byte> output)
    {
        var buffer = ArrayPool<int>.Shared.Rent(stride);
        var sums = buffer.AsSpan(0, stride);
        for (var y = 0; y < table.Length; y++)
        {
            sums.Fill(Half);
            var first = table.First(y) - firstRow;
            foreach (var weight in table.Weights(y))
            {
                var row = input.Slice(stride * first++, stride);
                for (var i = 0; i < sums.Length; i++)
                {
                    sums[i] += row[i] * weight;
                }
            }

            var target = output.Slice(stride * y, stride);
            for (var i = 0; i < sums.Length; i++)
            {
                target[i] = ToByte(sums[i]);
            }
        }

        ArrayPool<int>.Shared.Return(buffer);
    }

    // The weights' rounding can make a sum of white exceed 255.
    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResampleCoefficients.FractionBits, 0, 255);
}
