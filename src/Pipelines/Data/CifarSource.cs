using Microsoft.ML.Data;

namespace IGptMl.Data;

/// <summary>
/// CIFAR-10 or CIFAR-100 in the official binary layout: records of one or two label bytes and 3072 pixel bytes (32 rows of 32 red values, then green,
/// then blue). Each record is read on demand from the open files.
/// </summary>
internal sealed class CifarSource : ImageSource
{
    private const int Size = 32;
    private const int PixelBytes = 3 * Size * Size;

    private readonly CifarLayout _layout;
    private readonly string[] _classNames;
    private readonly RecordFiles _records;

    public CifarSource(string folder, CifarLayout layout, CifarSplit split)
    {
        var files = split switch
        {
            CifarSplit.Train => layout.TrainFiles,
            CifarSplit.Test => layout.TestFiles,
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, $"Unknown split: expected {CifarSplit.Train} or {CifarSplit.Test}."),
        };

        _layout = layout;
        var root = DataFolder.Find(layout.DataSet, folder, layout.Subfolder, layout.ClassNamesFile);
        _classNames = DataFolder.ReadClassNames(layout.DataSet, Path.Combine(root, layout.ClassNamesFile), layout.Classes);
        _records = new RecordFiles(layout.DataSet, layout.LabelBytes + PixelBytes, [.. files.Select(file => Path.Combine(root, file))]);
    }

    /// <inheritdoc/>
    public override string Identity => _records.Identity;

    /// <inheritdoc/>
    public override int Count => _records.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _classNames;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => (Size, Size);

    /// <inheritdoc/>
    public override MLImage ReadImage(int index)
    {
        Span<byte> planes = stackalloc byte[PixelBytes];
        _records.Read(index, _layout.LabelBytes, planes);
        return PlanarImage.Create(planes, Size, columnMajor: false);
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index)
    {
        Span<byte> label = stackalloc byte[1];
        _records.Read(index, _layout.LabelOffset, label);
        return label[0] < _layout.Classes
            ? label[0]
            : throw new InvalidDataException($"{_records.Describe(index)}: label {label[0]} is not one of 0 to {_layout.Classes - 1}.");
    }

    /// <inheritdoc/>
    public override string ReadName(int index) => _records.Name(index);
}
