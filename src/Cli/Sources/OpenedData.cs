using IGptMl.Cli.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Sources;

/// <summary>Opened images, with the columns Image, Label and Name.</summary>
/// <param name="Catalog">The data operations of the context.</param>
/// <param name="View">The images.</param>
/// <param name="Count">The number of images.</param>
internal sealed record OpenedData(DataOperationsCatalog Catalog, IDataView View, int Count)
{
    internal const string ImageColumn = "Image";
    internal const string TokensColumn = "Tokens";
    internal const string LabelColumn = "Label";
    internal const string NameColumn = "Name";

    private const int SampleSeed = 1;

    /// <summary>Counts the rows skipped so far; null if every row is read.</summary>
    private Func<int>? Skipped { get; init; }

    /// <summary>The number of images without those skipped so far.</summary>
    internal int ReadCount => Count - (Skipped?.Invoke() ?? 0);

    /// <summary>Whether the rows are already tokens instead of images.</summary>
    internal bool HasTokens => View.Schema.GetColumnOrNull(TokensColumn) is not null;

    /// <summary>The names of the classes, in label order.</summary>
    internal IReadOnlyList<string> ClassNames => ClassNamesOf(View);

    /// <summary>All rows of a view with a known number of rows.</summary>
    internal static OpenedData Of(DataOperationsCatalog catalog, IDataView view)
        => new(catalog, view, checked((int)(view.GetRowCount() ?? throw new ArgumentException("The number of rows of the view is not known.", nameof(view)))));

    /// <summary>The names of the classes of a view, in label order.</summary>
    internal static IReadOnlyList<string> ClassNamesOf(IDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[LabelColumn].GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>Takes the first rows, for data in random order.</summary>
    internal OpenedData Take(int? limit)
        => limit is { } count && count < Count ? this with { View = Catalog.TakeRows(View, count), Count = count } : this;

    /// <summary>Takes a fixed random sample, in row order, for data that is sorted by class.</summary>
    internal OpenedData Sample(int? limit)
    {
        if (limit is not { } count || count >= Count)
        {
            return this;
        }

        var chosen = Catalog.ShuffleRows(View, SampleSeed).GetColumn<string>(NameColumn).Take(count).ToHashSet(StringComparer.Ordinal);
        return this with { View = Catalog.FilterByCustomPredicate<NamedRow>(View, row => !chosen.Contains(row.Name)), Count = count };
    }

    /// <summary>The images that can be read. The others are reported when a pass reaches them; a single image is refused instead.</summary>
    internal OpenedData Readable(SkippedImages skipped)
    {
        if (Count == 1)
        {
            return this;
        }

        var count = 0;
        var readable = Catalog.FilterUnreadableImages(View, image =>
        {
            Interlocked.Increment(ref count);
            skipped.Add(image.Name, image.Problem);
        });
        return this with { View = readable, Skipped = () => Volatile.Read(ref count) };
    }

    /// <summary>The images several times, one pass after the other.</summary>
    internal OpenedData Repeat(int times) => this with
    {
        View = Catalog.RepeatRows(View, times),
        Count = checked(Count * times),
        Skipped = Skipped is { } once ? () => times * once() : null,
    };

    /// <summary>The images for one pass, which reports progress and can be canceled.</summary>
    internal IDataView Watch(Activity activity, IProgress<Advance> progress, CancellationToken cancellation)
        => Track(new Relay<RowProgress>(rows => progress.Report(Advance.Of(activity, rows with { Total = ReadCount }))), cancellation);

    /// <summary>The images for one pass, which can be canceled.</summary>
    internal IDataView Track(IProgress<RowProgress>? progress, CancellationToken cancellation)
        => Catalog.TrackRows(View, progress, Skipped is null ? Count : null, cancellation);

    private sealed class NamedRow
    {
        public string Name { get; set; } = string.Empty;
    }
}
