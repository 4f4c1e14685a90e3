namespace IGptMl.Cli.Results;

/// <summary>The result of igpt palette fit.</summary>
/// <param name="Palette">The path of the palette file.</param>
/// <param name="Colors">The number of colors.</param>
/// <param name="Images">The number of images that pixels were drawn from.</param>
/// <param name="SampledPixels">The number of pixels for k-means.</param>
/// <param name="DistinctColors">The number of distinct colors among them.</param>
/// <param name="Iterations">The number of iterations of k-means.</param>
/// <param name="Converged">Whether k-means converged.</param>
/// <param name="Inertia">The sum of squared distances, with channels in [-1, 1].</param>
/// <param name="MeanColorError">The mean distance, with channels in 0 to 255.</param>
internal sealed record PaletteFitResult(string Palette, int Colors, int Images, long SampledPixels, int DistinctColors, int Iterations, bool Converged,
    double Inertia, double MeanColorError)
{
    /// <summary>The result as names and formatted values.</summary>
    internal IEnumerable<(string Name, string Value)> Facts =>
    [
        ("palette", Palette),
        ("colors", $"{Colors:N0}"),
        ("images", $"{Images:N0}"),
        ("sampled pixels", $"{SampledPixels:N0} of {DistinctColors:N0} distinct colors"),
        ("k-means", $"{Iterations:N0} iterations{(Converged ? ", converged" : string.Empty)}"),
        ("inertia", $"{Inertia:G6} (channels in [-1, 1])"),
        ("mean color error", $"{MeanColorError:F2} of 255"),
    ];

    internal static PaletteFitResult Of(string path, int images, Palette palette, PaletteLearning learning)
        => new(path, palette.Count, images, learning.Sample.Pixels, learning.DistinctColors, learning.Iterations, learning.Converged, learning.Sample.Inertia,
            learning.Sample.MeanColorError);
}
