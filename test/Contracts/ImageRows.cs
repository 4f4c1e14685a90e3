using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Contracts;

/// <summary>Rows whose images are owned by the data: "Name" (text), "Label" (key of 2), "Image" and "Decoy".</summary>
public static class ImageRows
{
    public static TableView Create(int rows = 21, int size = 6)
    {
        var images = Enumerable.Range(0, rows).Select(row => Random(size, size, row)).ToArray();
        var decoys = Enumerable.Range(0, rows).Select(row => Random(size, size, row + 1000)).ToArray();
        return new TableView(rows)
            .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
            .Add("Label", new KeyDataViewType(typeof(uint), 2), row => (uint)(1 + (row % 2)))
            .Add("Image", new ImageDataViewType(), row => images[row])
            .Add("Decoy", new ImageDataViewType(), row => decoys[row]);
    }

    /// <summary>One row for each image; null is a missing image.</summary>
    public static TableView Of(params MLImage?[] images) => new TableView(images.Length)
        .Add("Name", TextDataViewType.Instance, row => $"row {row}".AsMemory())
        .Add("Image", new ImageDataViewType(), row => images[row]!);

    /// <summary>An opaque image of random pixels.</summary>
    public static MLImage Random(int width, int height, int seed, MLPixelFormat format = MLPixelFormat.Rgba32)
    {
        var random = new Random(seed);
        var pixels = new byte[width * height * 4];
        random.NextBytes(pixels);
        for (var i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = byte.MaxValue;
        }

        return MLImage.CreateFromPixels(width, height, format, pixels);
    }

    /// <summary>An image of one color.</summary>
    public static MLImage Plain(int width, int height, byte red, byte green, byte blue, MLPixelFormat format = MLPixelFormat.Rgba32)
    {
        byte[] pixel = format == MLPixelFormat.Rgba32 ? [red, green, blue, byte.MaxValue] : [blue, green, red, byte.MaxValue];
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i += 4)
        {
            pixel.CopyTo(pixels, i);
        }

        return MLImage.CreateFromPixels(width, height, format, pixels);
    }
}
