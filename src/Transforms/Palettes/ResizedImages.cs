using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Palettes;

/// <summary>The images of a row's column as RGB squares; used on one thread.</summary>
/// <remarks>It never disposes an image: the getter that made one disposes it when the next is made, and some belong to the user.</remarks>
internal sealed class ResizedImages
{
    private readonly ValueGetter<MLImage> _getter;
    private readonly int _size;
    private readonly byte[] _resized;
    private byte[] _pixels = [];
    private MLImage? _image;

    internal ResizedImages(DataViewRow row, DataViewSchema.Column column, int size)
    {
        _getter = row.GetGetter<MLImage>(column);
        _size = size;
        _resized = new byte[size * size * 3];
    }

    /// <summary>The current row's pixels (size · size · 3 bytes R, G, B), valid until the next call; false where the row has no image.</summary>
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
        ImageResampler.Resize(_pixels.AsSpan(0, bytes), _image.Width, _image.Height, _size, _size, _resized);
        pixels = _resized;
        return true;
    }
}
