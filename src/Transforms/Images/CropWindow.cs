using System.Drawing;
using IGptMl.Numerics;

namespace IGptMl.Images;

/// <summary>The size that an image is given first, and the 224x224 pixels that are then taken of it (Chen et al. 2020, section 3.1).</summary>
/// <param name="Width">The width after the resize, at least <see cref="Side"/>.</param>
/// <param name="Height">The height after the resize, at least <see cref="Side"/>.</param>
/// <param name="Left">The first column of the window.</param>
/// <param name="Top">The first row of the window.</param>
internal readonly record struct CropWindow(int Width, int Height, int Left, int Top)
{
    /// <summary>The window's width and height in pixels.</summary>
    internal const int Side = 224;

    /// <summary>The bounds of a random window's shorter image side in pixels.</summary>
    internal const int MinShortSide = 256, MaxShortSide = 384;

    /// <summary>The middle of an image whose shorter side is given <see cref="Side"/> pixels.</summary>
    internal static CropWindow Center(int width, int height)
    {
        var (resizedWidth, resizedHeight) = Resize(width, height, Side);
        return new CropWindow(resizedWidth, resizedHeight, Half(resizedWidth - Side), Half(resizedHeight - Side));
    }

    /// <summary>The part of an image, in its own pixels, that becomes the square of <paramref name="size"/> pixels.</summary>
    internal static Rectangle Seen(int width, int height, int size, ImageCropping cropping)
    {
        if (cropping == ImageCropping.Squash || (width == size && height == size))
        {
            return new Rectangle(0, 0, width, height);
        }

        var window = Center(width, height);
        var (left, top) = (Own(window.Left, width, window.Width), Own(window.Top, height, window.Height));
        return Rectangle.FromLTRB(left, top, Math.Max(left + 1, Own(window.Left + Side, width, window.Width)), Math.Max(top + 1, Own(window.Top + Side, height, window.Height)));

        static int Own(int pixel, int from, int to) => (int)Math.Round((double)pixel * from / to);
    }

    /// <summary>A random place of an image whose shorter side is given a random number of pixels.</summary>
    internal static CropWindow Random(int width, int height, SplitMix64 random)
    {
        var (resizedWidth, resizedHeight) = Resize(width, height, random.Next(MinShortSide, MaxShortSide));
        return new CropWindow(resizedWidth, resizedHeight, random.Next(0, resizedWidth - Side), random.Next(0, resizedHeight - Side));
    }

    /// <summary>The longer side is rounded down, as torchvision's Resize does it.</summary>
    private static (int Width, int Height) Resize(int width, int height, int shortSide)
        => width <= height ? (shortSide, Scale(height, shortSide, width)) : (Scale(width, shortSide, height), shortSide);

    private static int Scale(int longSide, int shortSide, int from) => (int)Math.Min(int.MaxValue, (long)shortSide * longSide / from);

    /// <summary>Halves go to the even number, as torchvision's CenterCrop does it.</summary>
    private static int Half(int pixels) => (int)Math.Round(pixels / 2.0, MidpointRounding.ToEven);
}
