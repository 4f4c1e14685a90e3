using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace IGptMl.Images;

/// <summary>
/// The antialiased bilinear resize of Pillow, bit for bit, which Hugging Face's image processor uses. A triangle filter whose width grows with the
/// reduction is applied along the rows, then along the columns, with 8-bit values in between. The aspect ratio is not kept. Thread-safe.
/// </summary>
internal static class ImageResampler
{
    private const int Lanes = 8;
    private const int Half = 1 << (ResampleCoefficients.FractionBits - 1);

    /// <summary>Resizes an RGB image. An axis whose size does not change is not filtered; an image of the right size is copied.</summary>
    /// <param name="rgb">height x width x 3 channel values, row-major.</param>
    /// <param name="width">Width of the input in pixels, at least 1.</param>
    /// <param name="height">Height of the input in pixels, at least 1.</param>
    /// <param name="newWidth">Width of the output in pixels, at least 1.</param>
    /// <param name="newHeight">Height of the output in pixels, at least 1.</param>
    /// <param name="output">Receives newHeight x newWidth x 3 channel values, row-major.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a span's length does not match its image.</exception>
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

    /// <summary>Resizes an RGB image and crops a window of the result. Only the window is computed.</summary>
    /// <param name="rgb">height x width x 3 channel values, row-major.</param>
    /// <param name="width">Width of the input in pixels, at least 1.</param>
    /// <param name="height">Height of the input in pixels, at least 1.</param>
    /// <param name="window">The size to resize to, and the position of the window in the resized image.</param>
    /// <param name="output">Receives <see cref="CropWindow.Side"/>² x 3 channel values, row-major.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a span's length does not match its image.</exception>
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
        for (var y = 0; y < height; y++)
        {
            var row = input[(3 * width * y)..];
            var target = output[(3 * table.Length * y)..];
            for (var x = 0; x < table.Length; x++)
            {
                var weights = table.Weights(x);
                var pixels = row[(3 * table.First(x))..];
                if (pixels.Length >= (3 * weights.Length) + 2 && target.Length >= 4)
                {
                    // The fourth byte belongs to the next pixel, which is written afterwards.
                    MemoryMarshal.Write(target, Sum(pixels, weights));
                }
                else
                {
                    SumPlainly(pixels, weights, target);
                }

                target = target[3..];
            }
        }
    }

    // Red, green and blue in three bytes, and a fourth byte without meaning. Reads up to two bytes past the pixels.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Sum(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights)
    {
        var pairs = Vector256<int>.Zero;
        for (; weights.Length > 1; weights = weights[2..], pixels = pixels[6..])
        {
            var two = Vector256.Shuffle(
                Vector256.Create(MemoryMarshal.Read<ulong>(pixels)).AsByte(),
                Vector256.Create(
                        0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255,
                        19, 255, 255, 255, 20, 255, 255, 255, 21, 255, 255, 255, 255, 255, 255, 255)).AsInt32();
            var both = Vector256.Shuffle(
                Vector256.Create(MemoryMarshal.Read<ulong>(MemoryMarshal.AsBytes(weights))).AsInt32(),
                Vector256.Create(0, 0, 0, 0, 1, 1, 1, 1));
            pairs += two * both;
        }

        var sums = pairs.GetLower() + pairs.GetUpper() + Vector128.Create(Half);
        if (weights.Length > 0)
        {
            var one = Vector128.Shuffle(
                Vector128.CreateScalar(MemoryMarshal.Read<uint>(pixels)).AsByte(),
                Vector128.Create(0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 255, 255, 255, 255));
            sums += one.AsInt32() * Vector128.Create(weights[0]);
        }

        var values = Vector128.Min(sums >> ResampleCoefficients.FractionBits, Vector128.Create((int)byte.MaxValue));
        var order = Vector128.Create(0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255);
        return Vector128.Shuffle(values.AsByte(), order).AsUInt32().ToScalar();
    }

    private static void SumPlainly(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights, Span<byte> target)
    {
        for (var channel = 0; channel < 3; channel++)
        {
            var sum = Half;
            for (var i = 0; i < weights.Length; i++)
            {
                sum += pixels[(3 * i) + channel] * weights[i];
            }

            target[channel] = ToByte(sum);
        }
    }

    // The input starts at row firstRow of the image.
    private static void ResizeHeight(ReadOnlySpan<byte> input, int stride, ResampleCoefficients table, int firstRow, Span<byte> output)
    {
        for (var y = 0; y < table.Length; y++)
        {
            var weights = table.Weights(y);
            var rows = input.Slice(stride * (table.First(y) - firstRow), stride * weights.Length);
            var target = output.Slice(stride * y, stride);
            var i = 0;
            for (; i + Lanes <= stride; i += Lanes)
            {
                MemoryMarshal.Write(target[i..], SumDown(rows[i..], stride, weights));
            }

            for (; i < stride; i++)
            {
                var sum = Half;
                for (var row = 0; row < weights.Length; row++)
                {
                    sum += rows[(stride * row) + i] * weights[row];
                }

                target[i] = ToByte(sum);
            }
        }
    }

    // Computes eight neighboring values.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SumDown(ReadOnlySpan<byte> rows, int stride, ReadOnlySpan<int> weights)
    {
        var sums = Vector256.Create(Half);
        for (var row = 0; row < weights.Length; row++)
        {
            var values = Vector256.Shuffle(
                Vector256.Create(MemoryMarshal.Read<ulong>(rows[(stride * row)..])).AsByte(),
                Vector256.Create(
                        0, 255, 255, 255, 1, 255, 255, 255, 2, 255, 255, 255, 3, 255, 255, 255,
                        20, 255, 255, 255, 21, 255, 255, 255, 22, 255, 255, 255, 23, 255, 255, 255)).AsInt32();
            sums += values * Vector256.Create(weights[row]);
        }

        sums = Vector256.Min(sums >> ResampleCoefficients.FractionBits, Vector256.Create((int)byte.MaxValue));
        var narrow = Vector128.Narrow(sums.GetLower(), sums.GetUpper());
        return Vector128.Narrow(narrow, narrow).AsUInt64().ToScalar();
    }

    // The weights are rounded, so a sum over white pixels can exceed 255.
    private static byte ToByte(int sum) => (byte)Math.Clamp(sum >> ResampleCoefficients.FractionBits, 0, 255);
}
