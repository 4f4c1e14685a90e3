using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Images;

/// <summary>Reads the images of a column as RGB squares. Instances are used on one thread.</summary>
/// <remarks>Images are not disposed here: the getter that creates an image disposes it with the next one, and some images belong to the user.</remarks>
internal sealed class ResizedImages
{
    private readonly ValueGetter<MLImage> _getter;
    private readonly ValueGetter<DataViewRowId>? _getId;
    private readonly int _size;
    private readonly ImageCropping _cropping;
    private readonly int _seed;
    private readonly byte[] _resized;
    private readonly byte[] _cropped;
    private byte[] _pixels = [];
    private MLImage? _image;

    /// <param name="row">A row, or a cursor for its current row.</param>
    /// <param name="column">The column of images.</param>
    /// <param name="size">The side of the squares in pixels.</param>
    /// <param name="cropping">How images are cropped to squares.</param>
    /// <param name="seed">The seed of random crops, which depend on the seed and the row's id.</param>
    internal ResizedImages(DataViewRow row, DataViewSchema.Column column, int size, ImageCropping cropping, int seed = 0)
    {
        _getter = row.GetGetter<MLImage>(column);
        _getId = cropping == ImageCropping.RandomCrop ? row.GetIdGetter() : null;
        _size = size;
        _cropping = cropping;
        _seed = seed;
        _resized = new byte[size * size * 3];
        _cropped = cropping == ImageCropping.Squash ? [] : new byte[CropWindow.Side * CropWindow.Side * 3];
    }

    /// <summary>The current row's pixels (size · size · 3 bytes R, G, B), valid until the next call. False if the row has no image.</summary>
    internal bool TryRead(out ReadOnlySpan<byte> pixels)
    {
        _getter(ref _image!);
        if (_image is null)
        {
            pixels = default;
            return false;
        }

        var bytes = _image.Width * _image.Height * 3;
        if (_pixels.Length < bytes)
        {
            _pixels = new byte[bytes];
        }

        ImagePixels.CopyRgb(_image, _pixels.AsSpan(0, bytes));
        Resize(_pixels.AsSpan(0, bytes), _image.Width, _image.Height);
        pixels = _resized;
        return true;
    }

    private void Resize(ReadOnlySpan<byte> rgb, int width, int height)
    {
        if (_cropping == ImageCropping.Squash || (width == _size && height == _size))
        {
            ImageResampler.Resize(rgb, width, height, _size, _size, _resized);
            return;
        }

        var window = _cropping == ImageCropping.CenterCrop ? CropWindow.Center(width, height) : CropWindow.Random(width, height, CreateRandom());
        ImageResampler.ResizeAndCrop(rgb, width, height, window, _cropped);
        ImageResampler.Resize(_cropped, CropWindow.Side, CropWindow.Side, _size, _size, _resized);
    }

    private SplitMix64 CreateRandom()
    {
        DataViewRowId id = default;
        _getId!(ref id);
        return new RandomStreams(_seed).Open(RandomStream.Crops, unchecked((long)id.High), unchecked((long)id.Low));
    }
}
