using IGptMl.Cli.Output;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Sources;

/// <summary>Images to read, as the columns Image, Label and Name.</summary>
/// <param name="Catalog">The data operations of the context.</param>
/// <param name="View">The images.</param>
/// <param name="Count">Their number.</param>
internal sealed record OpenedData(DataOperationsCatalog Catalog, IDataView View, int Count)
{
    internal const string ImageColumn = "Image";
    internal const string TokensColumn = "Tokens";
    internal const string LabelColumn = "Label";
    internal const string NameColumn = "Name";

    private const int SampleSeed = 1;

    /// <summary>Whether the rows are tokens already, in place of images.</summary>
    internal bool HasTokens => View.Schema.GetColumnOrNull(TokensColumn) is not null;

    /// <summary>The names of the classes, in label order.</summary>
    internal IReadOnlyList<string> ClassNames => ClassNamesOf(View);

    /// <summary>All rows of a view that knows their number.</summary>
    internal static OpenedData Of(DataOperationsCatalog catalog, IDataView view)
        => new(catalog, view, checked((int)(view.GetRowCount() ?? throw new ArgumentException("The view does not know its number of rows.", nameof(view)))));

    /// <summary>The names of the classes of such rows, in label order.</summary>
    internal static IReadOnlyList<string> ClassNamesOf(IDataView view)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema[LabelColumn].GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    /// <summary>The first rows, for data in random order.</summary>
    internal OpenedData Take(int? limit)
        => limit is { } count && count < Count ? this with { View = Catalog.TakeRows(View, count), Count = count } : this;

    /// <summary>A random sample, the same every time, in the order of the rows; for data that has one class after the other.</summary>
    internal OpenedData Sample(int? limit)
    {
        if (limit is not { } count || count >= Count)
        {
            return this;
        }

        var chosen = Catalog.ShuffleRows(View, SampleSeed).GetColumn<string>(NameColumn).Take(count).ToHashSet(StringComparer.Ordinal);
        return this with { View = Catalog.FilterByCustomPredicate<NamedRow>(View, row => !chosen.Contains(row.Name)), Count = count };
    }

    /// <summary>The same images for one pass, whose progress is reported, and which the token ends.</summary>
    internal IDataView Watch(Activity activity, IProgress<Advance> progress, CancellationToken cancellation)
        => Track(new Relay<RowProgress>(rows => progress.Report(Advance.Of(activity, rows))), cancellation);

    /// <summary>The same images for one pass, which the token ends.</summary>
    internal IDataView Track(IProgress<RowProgress>? progress, CancellationToken cancellation) => Catalog.TrackRows(View, progress, Count, cancellation);

    private sealed class NamedRow
    {
        public string Name { get; set; } = string.Empty;
    }
}
