namespace IGptMl.Cli.Output;

/// <summary>What commands that fit classifiers do before: reading the images, and running the network on them.</summary>
internal static class LabeledReading
{
    internal static readonly Activity Training = new("Reading the training images", "image");

    internal static readonly Activity Test = new("Reading the test images", "image");

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>The progress of the network as an activity for each set of images, ten times a second at most.</summary>
    internal static IProgress<FeatureProgress> Features(IProgress<Advance> progress)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var next = TimeSpan.Zero;
        return new Relay<FeatureProgress>(value =>
        {
            if (clock.Elapsed >= next || value.Done == value.Total)
            {
                next = clock.Elapsed + Interval;
                progress.Report(new Advance(new Activity($"Features of the {value.Data} images", "image"), value.Done, value.Total, string.Empty));
            }
        });
    }
}
