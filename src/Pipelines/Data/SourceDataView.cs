using IGptMl.Hosting;
using IGptMl.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// The rows of a <see cref="RowSource"/>: its content, <c>Label</c> (key of UInt32 with the class names as KeyValues; missing if the row has no label) and
/// <c>Name</c> (text). Rows are in the order of the source, in an order given by a seed, or in an order drawn from the random generator that a caller passes.
/// </summary>
internal sealed class SourceDataView : IDataView, IIdentifiedData
{
    public const string ImageColumn = "Image";
    public const string TokensColumn = "Tokens";
    public const string LabelColumn = "Label";
    public const string NameColumn = "Name";

    private readonly int[]? _order;
    private readonly int? _shuffleSeed;

    /// <param name="source">The rows.</param>
    /// <param name="shuffleSeed">
    /// The seed for the order of the rows, which depends only on the seed and the number of rows, on every platform; null for the order of the source.
    /// </param>
    public SourceDataView(RowSource source, int? shuffleSeed = null)
    {
        Source = source;
        _shuffleSeed = shuffleSeed;
        Schema = BuildSchema(source);
        if (shuffleSeed is { } seed)
        {
            _order = DrawOrder(new RandomStreams(seed).Open(RandomStream.RowOrder, source.Count));
        }
    }

    public RowSource Source { get; }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public string? Identity => Source.Identity is { } identity && _shuffleSeed is { } seed ? $"{identity}, shuffled by {seed}" : Source.Identity;

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public long? GetRowCount() => Source.Count;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
        new SourceCursor(this, FindActive(columnsNeeded), Order(rand));

    /// <summary>
    /// Creates cursors that share the rows, so that transforms of the rows run on several threads, too. ML.NET merges the results in the order of the rows.
    /// </summary>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = FindActive(columnsNeeded);
        var order = Order(rand);
        var parts = Math.Clamp(n, 1, ((Source.Count - 1) / SourceCursor.BatchRows) + 1);
        return [.. Enumerable.Range(0, parts).Select(part => new SourceCursor(this, active, order, part, parts))];
    }

    private static DataViewSchema BuildSchema(RowSource source)
    {
        var classes = source.ClassNames;
        var annotations = new DataViewSchema.Annotations.Builder();
        var type = new VectorDataViewType(TextDataViewType.Instance, classes.Count);
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>(AnnotationNames.KeyValues, type, (ref VBuffer<ReadOnlyMemory<char>> dst) =>
        {
            var editor = VBufferEditor.Create(ref dst, classes.Count);
            for (var i = 0; i < classes.Count; i++)
            {
                editor.Values[i] = classes[i].AsMemory();
            }

            dst = editor.Commit();
        });

        var content = source.Content;
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(content.Name, content.Type, content.Annotations);
        builder.AddColumn(LabelColumn, new KeyDataViewType(typeof(uint), classes.Count), annotations.ToAnnotations());
        builder.AddColumn(NameColumn, TextDataViewType.Instance);
        return builder.ToSchema();
    }

    private bool[] FindActive(IEnumerable<DataViewSchema.Column> columnsNeeded)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index < 0 || column.Index >= active.Length || Schema[column.Index].Name != column.Name)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(columnsNeeded),
                    column.Name,
                    $"Column '{column.Name}' does not belong to this view, which has {string.Join(", ", Schema.Select(c => c.Name))}.");
            }

            active[column.Index] = true;
        }

        return active;
    }

    private int[]? Order(Random? rand)
    {
        if (rand is null)
        {
            return _order;
        }

        var drawn = DrawOrder(new SplitMix64((ulong)rand.Next()));
        return _order is null ? drawn : Array.ConvertAll(drawn, position => _order[position]);
    }

    private int[] DrawOrder(SplitMix64 random)
    {
        var order = new int[Source.Count];
        random.Permute(order);
        return order;
    }
}
