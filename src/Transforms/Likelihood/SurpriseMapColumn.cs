using IGptMl.Hosting;
using IGptMl.Images;
using Microsoft.ML;

namespace IGptMl.Likelihood;

/// <summary>
/// A picture of how much each token surprised the model: a pixel for each, from black (as expected) to bright yellow (<paramref name="range"/> nats or more).
/// </summary>
/// <param name="name">The column's name.</param>
/// <param name="size">The side of the picture.</param>
/// <param name="start">Where the tokens' nats lie in a row of numbers.</param>
/// <param name="range">The nats at which the colors end.</param>
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

    /// <summary>A row without tokens; in one of a masked model some at least are numbers.</summary>
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
