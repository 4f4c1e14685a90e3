using IGptMl.Formats;

namespace IGptMl.Data;

/// <summary>
/// The classes of an array of images, from an npy file of 0-based class indices or of one-hot rows, such as OpenAI's *_trY.npy.
/// </summary>
internal sealed class TokenArrayLabels
{
    private const int MostClasses = 1_000_000;

    private readonly int[] _labels;

    private TokenArrayLabels(string path, int[] labels, int classes)
    {
        Path = path;
        _labels = labels;
        ClassNames = [.. Enumerable.Range(0, classes).Select(label => $"{label}")];
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The number of labels.</summary>
    public int Count => _labels.Length;

    /// <summary>The class indices as text, because the file has no names.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The class of a row.</summary>
    public int this[int index] => _labels[index];

    /// <summary>Reads the file.</summary>
    /// <exception cref="InvalidDataException">The array has another shape or type, or a row is not a class.</exception>
    public static TokenArrayLabels Read(string path)
    {
        var array = NpyFormat.Read(path);
        var header = array.Header;
        if (header.Count == 0 || header.Shape.Count is < 1 or > 2)
        {
            throw new InvalidDataException(
                $"'{path}' has shape {header.ShapeText} of {header.Type}; expected labels: integers (images), or one-hot rows (images, classes).");
        }

        var values = array.ToDoubles();
        if (header.Shape.Count == 2 && header.Shape[1] > 1)
        {
            var classes = (int)header.Shape[1];
            return new TokenArrayLabels(path, [.. values.Chunk(classes).Select((row, i) => FindOne(path, row, i))], classes);
        }

        var labels = new int[values.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = values[i] >= 0 && values[i] < MostClasses && double.IsInteger(values[i]) ? (int)values[i] : throw NoClass(path, i, $"{values[i]}");
        }

        return new TokenArrayLabels(path, labels, labels.Max() + 1);
    }

    private static int FindOne(string path, double[] row, int index)
    {
        var label = Array.IndexOf(row, 1);
        return label >= 0 && row.Count(value => value == 0) == row.Length - 1
            ? label
            : throw NoClass(path, index, "a row that is not one-hot");
    }

    private static InvalidDataException NoClass(string path, int index, string what) => new($"'{path}', row {index}: {what} is not a class.");
}
