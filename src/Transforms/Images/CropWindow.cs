using System.Drawing;
using IGptMl.Numerics;

namespace IGptMl.Images;

/// <summary>The size to which an image is resized, and the 224x224 window that is then cropped (Chen et al. 2020, section 3.1).</summary>
/// <param name="Width">The width after the resize, at least <see cref="Side"/>.</param>
/// <param name="Height">The height after the resize, at least <see cref="Side"/>.</param>
/// <param name="Left">The first column of the window.</param>
/// <param name="Top">The first row of the window.</param>
internal readonly record struct CropWindow(int Width, int Height, int Left, int Top)
{
    /// <summary>The window's width and height in pixels.</summary>
    internal const int Side = 224;

    /// <summary>The range of the shorter side, in pixels, to which an image is resized before a random crop.</summary>
    internal const int MinShortSide = 256, MaxShortSide = 384;

    /// <summary>The window in the middle of an image whose shorter side is resized to <see cref="Side"/> pixels.</summary>
    internal static CropWindow Center(int width, int height)
    {
        var (resizedWidth, resizedHeight) = Resize(width, height, Side);
        return new CropWindow(resizedWidth, resizedHeight, Half(resizedWidth - Side), Half(resizedHeight - Side));
    }

    /// <summary>The part of an image, in the image's own pixels, that becomes the square of <paramref name="size"/> pixels.</summary>
    internal static Rectangle Seen(int width, int height, int size, ImageCropping cropping)
    {
        if (cropping == ImageCropping.Squash || (width == size && height == size))
        {
            return new Rectangle(0, 0, width, height);
        }

        var window = Center(width, height);
        var (left, top) = (Own(window.Left, width, window.Width), Own(window.Top, height, window.Height));
        var right = Math.Max(left + 1, Own(window.Left + Side, width, window.Width));
        var bottom = Math.Max(top + 1, Own(window.Top + Side, height, window.Height));
        return Rectangle.FromLTRB(left, top, right, bottom);

        static int Own(int pixel, int from, int to) => (int)Math.Round((double)pixel * from / to);
    }

    /// <summary>A random window of an image whose shorter side is resized to a random length.</summary>
    internal static CropWindow Random(int width, int height, SplitMix64 random)
    {
        var (resizedWidth, resizedHeight) = Resize(width, height, random.Next(MinShortSide, MaxShortSide));
        return new CropWindow(resizedWidth, resizedHeight, random.Next(0, resizedWidth - Side), random.Next(0, resizedHeight - Side));
    }

    /// <summary>Rounds the longer side down, as torchvision's Resize does.</summary>
    private static (int Width, int Height) Resize(int width, int height, int shortSide)
        => width <= height ? (shortSide, Scale(height, shortSide, width)) : (Scale(width, shortSide, height), shortSide);

    private static int Scale(int longSide, int shortSide, int from) => (int)Math.Min(int.MaxValue, (long)shortSide * longSide / from);

    /// <summary>Rounds halves to even, as torchvision's CenterCrop does.</summary>
    private static int Half(int pixels) => (int)Math.Round(pixels / 2.0, MidpointRounding.ToEven);
}
