using Microsoft.ML.Data;
using Microsoft.Win32.SafeHandles;

namespace IGptMl.Data;

/// <summary>
/// CIFAR-10 in its official binary layout: records of one label byte and 3072 pixel bytes (32 rows of 32 red values, then green, then blue).
/// Records are read from the open files when they are asked for.
/// </summary>
internal sealed class Cifar10Source : ImageSource
{
    private const int Classes = 10;
    private const int Size = 32;
    private const int PlaneBytes = Size * Size;
    private const int RecordBytes = 1 + (3 * PlaneBytes);
    private const string SubfolderName = "cifar-10-batches-bin";
    private const string ClassNamesFile = "batches.meta.txt";

    private readonly string[] _classNames;
    private readonly (string Path, SafeFileHandle Handle, int Start)[] _files;

    public Cifar10Source(string folder, CifarSplit split)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string[] names = split switch
        {
            CifarSplit.Train => ["data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"],
            CifarSplit.Test => ["test_batch.bin"],
            _ => throw new ArgumentOutOfRangeException(nameof(split), split, $"Unknown split: expected {CifarSplit.Train} or {CifarSplit.Test}."),
        };

        var home = FindHome(folder);
        _classNames = ReadClassNames(Path.Combine(home, ClassNamesFile));
        _files = new (string, SafeFileHandle, int)[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var path = Path.Combine(home, names[i]);
            _files[i] = (path, Open(path, out var records), Count);
            Count = checked(Count + records);
        }
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _classNames;

    /// <inheritdoc/>
    public override (int Height, int Width)? ImageSize => (Size, Size);

    /// <inheritdoc/>
    public override MLImage ReadImage(int index)
    {
        Span<byte> planes = stackalloc byte[3 * PlaneBytes];
        Read(index, 1, planes);
        Span<byte> rgba = stackalloc byte[4 * PlaneBytes];
        for (var i = 0; i < PlaneBytes; i++)
        {
            rgba[4 * i] = planes[i];
            rgba[(4 * i) + 1] = planes[PlaneBytes + i];
            rgba[(4 * i) + 2] = planes[(2 * PlaneBytes) + i];
            rgba[(4 * i) + 3] = byte.MaxValue;
        }

        return MLImage.CreateFromPixels(Size, Size, MLPixelFormat.Rgba32, rgba);
    }

    /// <inheritdoc/>
    public override int ReadLabel(int index)
    {
        Span<byte> label = stackalloc byte[1];
        Read(index, 0, label);
        if (label[0] >= Classes)
        {
            var (file, record) = Locate(index);
            throw new InvalidDataException($"'{_files[file].Path}', record {record}: label {label[0]} is not one of 0 to {Classes - 1}.");
        }

        return label[0];
    }

    /// <inheritdoc/>
    public override string ReadName(int index)
    {
        var (file, record) = Locate(index);
        return $"{Path.GetFileName(_files[file].Path)}#{record}";
    }

    private static string FindHome(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"CIFAR-10 folder '{folder}' does not exist.");
        }

        var subfolder = Path.Combine(folder, SubfolderName);
        return !File.Exists(Path.Combine(folder, ClassNamesFile)) && Directory.Exists(subfolder) ? subfolder : folder;
    }

    private static string[] ReadClassNames(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"CIFAR-10's class names are missing: '{path}' does not exist.", path);
        }

        var names = File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).ToArray();
        if (names.Distinct().Count() != Classes || names.Length != Classes)
        {
            throw new InvalidDataException($"'{path}' must have {Classes} different class names, one a line; it has {names.Length} lines, {names.Distinct().Count()} of them different.");
        }

        return names;
    }

    private static SafeFileHandle Open(string path, out int records)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"A CIFAR-10 batch is missing: '{path}' does not exist.", path);
        }

        // The handle closes when the last view on it is collected: an IDataView has no Dispose.
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        var length = RandomAccess.GetLength(handle);
        if (length == 0 || length % RecordBytes != 0)
        {
            handle.Dispose();
            throw new InvalidDataException($"'{path}' has {length} bytes, which is not a whole number of records of {RecordBytes} bytes: record {length / RecordBytes} has only {length % RecordBytes}.");
        }

        records = checked((int)(length / RecordBytes));
        return handle;
    }

    private (int File, int Record) Locate(int index)
    {
        var file = _files.Length - 1;
        while (_files[file].Start > index)
        {
            file--;
        }

        return (file, index - _files[file].Start);
    }

    private void Read(int index, int offset, Span<byte> destination)
    {
        var (file, record) = Locate(index);
        var position = ((long)record * RecordBytes) + offset;
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(_files[file].Handle, destination, position);
            if (read == 0)
            {
                throw new InvalidDataException($"'{_files[file].Path}', record {record}: the file ends inside the record; it was longer when it was opened.");
            }

            destination = destination[read..];
            position += read;
        }
    }
}
