using IGptMl.Tests.Contracts;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.LinearProbe;

/// <summary>Labeled images of one color each, which are easy to classify: class c is bright in channel c mod 3.</summary>
internal static class ColoredImages
{
    internal static TableView Create(int rows, int seed, int classes = 2, IReadOnlyList<string>? names = null, Func<int, uint>? label = null)
    {
        var random = new Random(seed);
        var images = Enumerable.Range(0, rows).Select(row => ImageRows.Plain(5, 5, Channel(row, 0), Channel(row, 1), Channel(row, 2))).ToArray();
        var key = new KeyDataViewType(typeof(uint), classes);
        var view = new TableView(rows).Add("Image", new ImageDataViewType(), row => images[row]);
        return names is null ? view.Add("Label", key, Label) : view.Add("Label", key, Label, Names(names));

        uint Label(int row) => label?.Invoke(row) ?? (uint)(1 + (row % classes));

        byte Channel(int row, int channel) => (byte)(random.Next(60) + (row % classes % 3 == channel ? 190 : 0));
    }

    private static Microsoft.ML.DataViewSchema.Annotations Names(IReadOnlyList<string> names)
    {
        var builder = new Microsoft.ML.DataViewSchema.Annotations.Builder();
        builder.Add("KeyValues", new VectorDataViewType(TextDataViewType.Instance, names.Count), (ref VBuffer<ReadOnlyMemory<char>> value)
            => new VBuffer<ReadOnlyMemory<char>>(names.Count, [.. names.Select(name => name.AsMemory())]).CopyTo(ref value));
        return builder.ToAnnotations();
    }
}
