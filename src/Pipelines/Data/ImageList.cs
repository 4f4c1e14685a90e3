using IGptMl.Numerics;
using Microsoft.VisualBasic.FileIO;

namespace IGptMl.Data;

/// <summary>Reads a CSV or TSV file (RFC 4180: quoted fields may contain separators) with paths of images and their classes.</summary>
internal static class ImageList
{
    private const int NamedColumns = 12;
    private const string EncodingRemedy = $"give its encoding: {nameof(ImageListOptions)}.{nameof(ImageListOptions.Encoding)}, --encoding of the tool";

    private static readonly string[] TabbedExtensions = [".tsv", ".tab"];

    /// <summary>Reads the list. Classes are in ordinal order of their names; an empty label is a missing value.</summary>
    /// <exception cref="ArgumentException">The path is blank, or an option is invalid.</exception>
    /// <exception cref="FileNotFoundException">The list does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// A column or a path is missing, a line is malformed, there are no images or no labels, or a file does not exist (if the options refuse that).
    /// </exception>
    public static ImageFileSet Read(string path, ImageListOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.PathColumnName, "options.PathColumnName");
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"Image list '{path}' does not exist.", path);
        }

        var folder = options.Folder ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"Image folder '{folder}' does not exist.");
        }

        var rows = ReadRows(path, folder, options);
        if (rows.Count == 0)
        {
            throw new InvalidDataException($"Image list '{path}' has no images.");
        }

        if (options is { Unreadable: UnreadableImages.Refuse, ChecksFiles: true })
        {
            CheckFiles(path, folder, rows);
        }

        var names = options.LabelColumnName is null ? [Path.GetFileNameWithoutExtension(path)] : FindClasses(path, rows);
        var labels = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return new ImageFileSet(
            $"Image list '{path}'",
            folder,
            names,
            [.. rows.Select(row => new ImageFile(row.Path, labels.GetValueOrDefault(row.Label, RowSource.NoLabel)))]);
    }

    private static List<Row> ReadRows(string path, string folder, ImageListOptions options)
    {
        var separator = options.Separator ?? (TabbedExtensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase) ? '\t' : ',');
        var text = TextFile.Read(path, "a list of images", options.Encoding, EncodingRemedy);
        using var parser = new TextFieldParser(new StringReader(text))
        {
            TextFieldType = FieldType.Delimited, HasFieldsEnclosedInQuotes = true, TrimWhiteSpace = true,
        };
        parser.SetDelimiters(separator.ToString());
        var (pathColumn, labelColumn) = (0, options.LabelColumnName is null ? -1 : 1);
        if (options.HasHeader)
        {
            var header = ReadFields(parser, path) ?? throw new InvalidDataException($"Image list '{path}' is empty.");
            pathColumn = Find(header, options.PathColumnName, path);
            labelColumn = options.LabelColumnName is { } label ? Find(header, label, path) : -1;
        }

        var rows = new List<Row>();
        while (true)
        {
            var line = parser.LineNumber;
            if (ReadFields(parser, path) is not { } fields)
            {
                return rows;
            }

            if (fields.Length <= Math.Max(pathColumn, labelColumn))
            {
                var needed = Math.Max(pathColumn, labelColumn) + 1;
                throw new InvalidDataException(
                    $"'{path}', line {line}: {fields.Length} columns, but {needed} are needed. Is the separator '{separator}'?");
            }

            if (fields[pathColumn].Length == 0)
            {
                throw new InvalidDataException($"'{path}', line {line}: the path is empty.");
            }

            rows.Add(new Row(line, ToPath(folder, fields[pathColumn]), labelColumn < 0 ? string.Empty : fields[labelColumn]));
        }
    }

    /// <summary>A path as this platform writes it: in a list from Windows, backslashes separate folders. Elsewhere, a name may contain one.</summary>
    private static string ToPath(string folder, string field)
        => Path.DirectorySeparatorChar == '/' && field.Contains('\\') && !File.Exists(Path.Combine(folder, field)) ? field.Replace('\\', '/') : field;

    private static string[]? ReadFields(TextFieldParser parser, string path)
    {
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException e)
        {
            throw new InvalidDataException($"'{path}', line {e.LineNumber}: the quotes of the fields do not match.", e);
        }
    }

    private static int Find(string[] header, string name, string path)
    {
        var index = Array.FindIndex(header, column => column.Equals(name, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? index
            : throw new InvalidDataException(
                $"'{path}' has no column '{name}'; it has {string.Join(", ", header.Take(NamedColumns).Select(column => $"'{column}'"))}.");
    }

    private static void CheckFiles(string path, string folder, List<Row> rows)
    {
        var missing = rows.FindAll(row => !File.Exists(Path.Combine(folder, row.Path)));
        if (missing.Count > 0)
        {
            var (first, name) = (missing[0].Line, Path.Combine(folder, missing[0].Path));
            throw new InvalidDataException($"'{path}', line {first}: '{name}' does not exist; {missing.Count:N0} of {rows.Count:N0} files are missing.");
        }
    }

    private static string[] FindClasses(string path, List<Row> rows)
    {
        string[] names = [.. rows.Select(row => row.Label).Where(label => label.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return names.Length > 0 ? names : throw new InvalidDataException($"Image list '{path}' has no labels: every one is empty.");
    }

    private readonly record struct Row(long Line, string Path, string Label);
}
