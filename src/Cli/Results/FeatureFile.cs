using System.Globalization;
using System.Text;
using IGptMl.Cli.Sources;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Cli.Results;

/// <summary>A file of features. Rows are written as they are computed; at most one batch is in memory.</summary>
internal static class FeatureFile
{
    internal const string Endings = ".npy is NumPy's format, .csv is text with the file, the label and the features, .idv is ML.NET's binary format with "
    + "the same columns";

    private const string Npy = ".npy";
    private const string Csv = ".csv";
    private const string Idv = ".idv";

    /// <summary>The endings that say a form.</summary>
    internal static string[] All => [Npy, Csv, Idv];

    /// <summary>Writes a column of features in the format of the path's extension.</summary>
    internal static void Write(MLContext context, string path, Stream stream, IDataView view, string column)
    {
        switch (Ending(path))
        {
            case Npy:
                context.Data.SaveAsNpy(view, stream, column);
                break;
            case Csv:
                WriteCsv(stream, view, column);
                break;
            default:
                var columns = context.Transforms.SelectColumns(OpenedData.NameColumn, OpenedData.LabelColumn, column);
                context.Data.SaveAsBinary(columns.Fit(view).Transform(view), stream);
                break;
        }
    }

    private static string Ending(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static void WriteCsv(Stream stream, IDataView view, string column)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        VBuffer<ReadOnlyMemory<char>> slots = default;
        view.Schema[column].GetSlotNames(ref slots);
        writer.WriteLine(string.Join(',', ["file", "label", .. slots.DenseValues().Select(slot => Quote(slot.ToString()))]));

        var classes = OpenedData.ClassNamesOf(view);
        var (name, label, vector) = (view.Schema[OpenedData.NameColumn], view.Schema[OpenedData.LabelColumn], view.Schema[column]);
        ReadOnlyMemory<char> file = default;
        uint key = 0;
        VBuffer<float> features = default;
        using var cursor = view.GetRowCursor([name, label, vector]);
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(name);
        var getLabel = cursor.GetGetter<uint>(label);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(vector);
        while (cursor.MoveNext())
        {
            getName(ref file);
            getLabel(ref key);
            getFeatures(ref features);
            writer.Write(Quote(file.ToString()));
            writer.Write(',');
            writer.Write(key == 0 ? string.Empty : Quote(classes[(int)key - 1]));
            foreach (var value in features.DenseValues())
            {
                writer.Write(',');
                writer.Write(value.ToString(CultureInfo.InvariantCulture));
            }

            writer.WriteLine();
        }
    }

    private static string Quote(string text) => text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
