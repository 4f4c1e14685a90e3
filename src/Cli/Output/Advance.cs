namespace IGptMl.Cli.Output;

/// <summary>The progress of a command.</summary>
/// <param name="Activity">The current activity.</param>
/// <param name="Done">The number of units completed.</param>
/// <param name="Total">The total number of units.</param>
/// <param name="Detail">Values, speed, time left.</param>
internal readonly record struct Advance(Activity Activity, long Done, long Total, string Detail)
{
    /// <summary>"step 120 of 5,000, 3.2145 nats per token, …".</summary>
    public override string ToString() => $"{Activity.Unit} {Done:N0} of {Total:N0}{(Detail.Length > 0 ? ", " : string.Empty)}{Detail}";

    /// <summary>The text in so many columns: the parts before the time left are left out from the end, as far as they do not fit.</summary>
    internal string Fit(int width)
    {
        var parts = ToString().Split(", ").ToList();
        while (parts.Count > 2 && string.Join(", ", parts).Length > width)
        {
            parts.RemoveAt(parts.Count - 2);
        }

        return string.Join(", ", parts);
    }

    /// <summary>The progress of a pass over images, with its speed and the time left.</summary>
    internal static Advance Of(Activity activity, RowProgress rows)
        => new(activity, rows.Done, rows.Total ?? rows.Done, Describe(rows.RowsPerSecond, rows.TimeLeft ?? TimeSpan.Zero));

    /// <summary>"140.2 images/s, 0:12:30 left".</summary>
    internal static string Describe(double imagesPerSecond, TimeSpan left) => $"{imagesPerSecond:N1} images/s, {(long)left.TotalHours}:{left:mm\\:ss} left";
}
