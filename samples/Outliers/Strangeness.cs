namespace IGptMl.Samples.Outliers;

/// <summary>What is ordinary: the median of the likelihoods, and how far from it they typically are.</summary>
/// <remarks>
/// Both directions count, as a plain picture is more likely than ordinary ones, and yet unlike them. The median absolute deviation, times 1.4826, is the
/// standard deviation if the likelihoods are distributed normally, and a few outliers among the ordinary pictures hardly change it.
/// </remarks>
internal sealed record Strangeness(double Median, double Spread)
{
    /// <summary>The distance from which a picture counts as an outlier. Of normally distributed values one in 2,100 is as far.</summary>
    internal const double Limit = 3.5;

    internal static Strangeness Of(IReadOnlyList<float> likelihoods)
    {
        var median = MedianOf([.. likelihoods.Select(value => (double)value)]);
        var spread = 1.4826 * MedianOf([.. likelihoods.Select(value => Math.Abs(value - median))]);
        return new Strangeness(median, Math.Max(spread, 1e-6));
    }

    internal double DistanceOf(float likelihood) => (likelihood - Median) / Spread;

    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
