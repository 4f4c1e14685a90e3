using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Data;

/// <summary>
/// The rows of an <see cref="ImageSource"/>: <c>Image</c>, <c>Label</c> (key of UInt32 with the class names as KeyValues) and <c>Name</c> (text).
/// Rows come in the order of the source, or in an order drawn from the random generator that a caller passes.
/// </summary>
internal sealed class ImageDataView : IDataView
{
    public const string ImageColumn = "Image";
    public const string LabelColumn = "Label";
    public const string NameColumn = "Name";

    // ML.NET's own name of the annotation that holds what the values of a key stand for.
    private const string KeyValuesAnnotation = "KeyValues";

    public ImageDataView(ImageSource source)
    {
        Source = source;
        Schema = BuildSchema(source);
    }

    public ImageSource Source { get; }

    /// <inheritdoc/>
    public DataViewSchema Schema { get; }

    /// <inheritdoc/>
    public bool CanShuffle => true;

    /// <inheritdoc/>
    public long? GetRowCount() => Source.Count;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
        {
            if (column.Index < 0 || column.Index >= active.Length || Schema[column.Index].Name != column.Name)
            {
                throw new ArgumentOutOfRangeException(nameof(columnsNeeded), column.Name, $"Column '{column.Name}' does not belong to this view, which has {string.Join(", ", Schema.Select(c => c.Name))}.");
            }

            active[column.Index] = true;
        }

        return new ImageDataCursor(this, active, rand is null ? null : DrawOrder(Source.Count, rand));
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private static DataViewSchema BuildSchema(ImageSource source)
    {
        var classes = source.ClassNames;
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add<VBuffer<ReadOnlyMemory<char>>>(KeyValuesAnnotation, new VectorDataViewType(TextDataViewType.Instance, classes.Count), (ref VBuffer<ReadOnlyMemory<char>> dst) =>
        {
            var editor = VBufferEditor.Create(ref dst, classes.Count);
            for (var i = 0; i < classes.Count; i++)
            {
                editor.Values[i] = classes[i].AsMemory();
            }

            dst = editor.Commit();
        });

        var builder = new DataViewSchema.Builder();
        builder.AddColumn(ImageColumn, source.ImageSize is { } size ? new ImageDataViewType(size.Height, size.Width) : new ImageDataViewType());
        builder.AddColumn(LabelColumn, new KeyDataViewType(typeof(uint), classes.Count), annotations.ToAnnotations());
        builder.AddColumn(NameColumn, TextDataViewType.Instance);
        return builder.ToSchema();
    }

    // Fisher-Yates, written out: the order of a seeded Random.Next is fixed by .NET, that of Random.Shuffle is not promised.
    private static int[] DrawOrder(int count, Random rand)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = rand.Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }
}
