namespace IGptMl.Cli.Output;

/// <summary>The activities before a classifier is fitted: reading the images, and computing their features.</summary>
internal static class LabeledReading
{
    internal static readonly Activity Training = new("Reading the training images", "image");

    internal static readonly Activity Test = new("Reading the test images", "image");

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Reports the progress of feature extraction as one activity per set of images, at most ten times a second.</summary>
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
