using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;

namespace IGptMl.Likelihood;

/// <summary>
/// An image of each token's surprise: one pixel per token, from black (as expected) to bright yellow (<paramref name="range"/> nats or more).
/// </summary>
/// <param name="name">The column's name.</param>
/// <param name="size">The side of the image in pixels.</param>
/// <param name="start">The offset of the tokens' nats in a row's values.</param>
/// <param name="range">The nats at the upper end of the color scale.</param>
internal sealed class SurpriseMapColumn(string name, int size, int start, double range) : BatchedColumn
{
    internal override DataViewSchema.DetachedColumn Definition { get; } = ImageColumn.Define(name, size, size);

    internal override Delegate CreateGetter(DataViewRow input, Func<ReadOnlyMemory<float>> current)
    {
        var rgb = new byte[size * size * 3];
        return ImageColumn.CreateGetter(() =>
        {
            var nats = current().Span.Slice(start, size * size);
            if (IsMissing(nats))
            {
                return null;
            }

            for (var i = 0; i < nats.Length; i++)
            {
                (rgb[3 * i], rgb[(3 * i) + 1], rgb[(3 * i) + 2]) = SurpriseColors.Of(nats[i] / range);
            }

            return ImagePixels.FromRgb(rgb, size, size);
        });
    }

    /// <summary>Whether the row has no tokens. In any other row, at least one value is not NaN, even for a masked model.</summary>
    private static bool IsMissing(ReadOnlySpan<float> nats)
    {
        foreach (var value in nats)
        {
            if (!float.IsNaN(value))
            {
                return false;
            }
        }

        return true;
    }
}
