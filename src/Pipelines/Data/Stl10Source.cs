using System.Globalization;
using IGptMl.Numerics;
using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// STL-10 in its official binary layout: 96 x 96 pixels in records of 27,648 bytes, one channel after the other, each column by column; labels of 1 to 10 in
/// a file of their own. Each record is read on demand from the open files.
/// </summary>
internal sealed class Stl10Source : ImageSource
{
    /// <summary>The number of predefined folds.</summary>
    public const int Folds = 10;

    /// <summary>The folder in the archive.</summary>
    public const string Subfolder = "stl10_binary";

    private const string DataSet = "STL-10";
    private const int Classes = 10;
    private const int Size = 96;
    private const int PixelBytes = 3 * Size * Size;
    private const string ClassNamesFile = "class_names.txt";
    private const string FoldsFile = "fold_indices.txt";

    private readonly string[] _classNames;
    private readonly RecordFiles _images;
    private readonly RecordFiles? _labels;
    private readonly int[]? _fold;

    /// <param name="folder">The folder of the files, or its parent folder.</param>
    /// <param name="split">The part.</param>
    /// <param name="fold">1 to 10 for the images of a predefined fold of the training images, in the fold's order; null for all.</param>
    public Stl10Source(string folder, Stl10Split split, int? fold)
    {
        var (images, labels) = split switch
        {
            Stl10Split.Train => ("train_X.bin", "train_y.bin"),
            Stl10Split.Test => ("test_X.bin", "test_y.bin"),
            Stl10Split.Unlabeled => ("unlabeled_X.bin", (string?)null),
            _ => throw new ArgumentOutOfRangeException(
                nameof(split),
                split,
                $"Unknown split: expected {Stl10Split.Train}, {Stl10Split.Test} or {Stl10Split.Unlabeled}."),
        };
        if (fold is { } number && (number is < 1 or > Folds || split != Stl10Split.Train))
        {
            throw new ArgumentOutOfRangeException(
                nameof(fold),
                fold,
                $"The folds are 1 to {Folds}, of the split {Stl10Split.Train}; this is {fold} of {split}.");
        }

        var root = DataFolder.Find(DataSet, folder, Subfolder, ClassNamesFile);
        _classNames = DataFolder.ReadClassNames(DataSet, Path.Combine(root, ClassNamesFile), Classes);
        _images = new RecordFiles(DataSet, PixelBytes, Path.Combine(root, images));
        if (labels is not null)
        {
            var path = Path.Combine(root, labels);
            _labels = new RecordFiles(DataSet, 1, path);
            if (_labels.Count != _images.Count)
            {
                throw new InvalidDataException($"'{path}' has {_labels.Count} labels, but '{Path.Combine(root, images)}' has {_images.Count} images.");
            }
        }

        _fold = fold is { } wanted ? ReadFold(Path.Combine(root, FoldsFile), wanted) : null;
    }

    /// <inheritdoc/>
    public override string Identity => _fold is null ? _images.Identity : $"{string.Join(',', _fold)} of {_images.Identity}";

    /// <inheritdoc/>
    public override int Count => _fold?.Length ?? _images.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _classNames;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => (Size, Size);

    /// <inheritdoc/>
    public override MLImage ReadImage(int index)
    {
        Span<byte> planes = stackalloc byte[PixelBytes];
        _images.Read(Record(index), 0, planes);
        return PlanarImage.Create(planes, Size, columnMajor: true);
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index)
    {
        if (_labels is null)
        {
            return NoLabel;
        }

        Span<byte> label = stackalloc byte[1];
        var record = Record(index);
        _labels.Read(record, 0, label);
        return label[0] is >= 1 and <= Classes
            ? label[0] - 1
            : throw new InvalidDataException($"{_labels.Describe(record)}: label {label[0]} is not one of 1 to {Classes}.");
    }

    /// <inheritdoc/>
    public override string ReadName(int index) => _images.Name(Record(index));

    private int Record(int index) => _fold is null ? index : _fold[index];

    private int[] ReadFold(string path, int fold)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{DataSet}'s folds are missing: '{path}' does not exist.", path);
        }

        var line = TextFile.ReadLines(path, $"the folds of {DataSet}").ElementAtOrDefault(fold - 1)
            ?? throw new InvalidDataException($"'{path}' must have {Folds} lines of indices; it has no line {fold}.");
        var indices = new List<int>();
        foreach (var text in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            indices.Add(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < _images.Count
                ? index
                : throw new InvalidDataException($"'{path}', line {fold}: '{text}' is not an index of an image; expected 0 to {_images.Count - 1}."));
        }

        return indices.Count > 0 ? [.. indices] : throw new InvalidDataException($"'{path}', line {fold} has no indices.");
    }
}
