using IGptMl.Numerics;
using Microsoft.Win32.SafeHandles;

namespace IGptMl.Data;

/// <summary>
/// Files of records of one size, numbered consecutively across the files. The files stay open; each record is read on demand, from any thread.
/// </summary>
internal sealed class RecordFiles
{
    private readonly int _recordBytes;
    private readonly (string Path, SafeFileHandle Handle, int Start)[] _files;

    /// <param name="dataSet">The name of the data set in error messages.</param>
    /// <param name="recordBytes">The size of a record.</param>
    /// <param name="paths">The files in the order of their records.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is empty, or is not a whole number of records.</exception>
    public RecordFiles(string dataSet, int recordBytes, params IReadOnlyList<string> paths)
    {
        _recordBytes = recordBytes;
        _files = new (string, SafeFileHandle, int)[paths.Count];
        for (var i = 0; i < paths.Count; i++)
        {
            _files[i] = (paths[i], Open(dataSet, paths[i], out var records), Count);
            Count = checked(Count + records);
        }
    }

    /// <summary>The number of records of all files.</summary>
    public int Count { get; }

    /// <summary>The identity of the files (see <see cref="FileIdentity"/>).</summary>
    public string Identity => FileIdentity.Of(_files.Select(file => (Path.GetFileName(file.Path), file.Path)));

    /// <summary>A record's file and its 0-based index there, such as "test_batch.bin#17".</summary>
    public string Name(int index)
    {
        var (file, record) = Locate(index);
        return $"{Path.GetFileName(_files[file].Path)}#{record}";
    }

    /// <summary>A record's full path and index, for error messages.</summary>
    public string Describe(int index)
    {
        var (file, record) = Locate(index);
        return $"'{_files[file].Path}', record {record}";
    }

    /// <summary>Reads a part of a record.</summary>
    /// <param name="index">The record, from 0.</param>
    /// <param name="offset">The offset of the part in the record.</param>
    /// <param name="destination">Receives the part.</param>
    /// <exception cref="InvalidDataException">The file has become shorter.</exception>
    public void Read(int index, int offset, Span<byte> destination)
    {
        var (file, record) = Locate(index);
        var position = ((long)record * _recordBytes) + offset;
        while (destination.Length > 0)
        {
            var read = RandomAccess.Read(_files[file].Handle, destination, position);
            if (read == 0)
            {
                throw new InvalidDataException($"{Describe(index)}: the file ends inside the record; it was longer when it was opened.");
            }

            destination = destination[read..];
            position += read;
        }
    }

    private SafeFileHandle Open(string dataSet, string path, out int records)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{dataSet} is not complete: '{path}' does not exist.", path);
        }

        // The garbage collector closes the handle when no view uses it any more, because an IDataView cannot be disposed.
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        var length = RandomAccess.GetLength(handle);
        CheckPlaceholder(dataSet, path, handle, length);
        if (length == 0 || length % _recordBytes != 0)
        {
            handle.Dispose();
            throw new InvalidDataException(
                $"'{path}' has {length} bytes, which is not a whole number of records of {_recordBytes} bytes: "
                + $"record {length / _recordBytes} has only {length % _recordBytes}.");
        }

        records = checked((int)(length / _recordBytes));
        return handle;
    }

    /// <summary>Records may look like any form, but not like a short text.</summary>
    private static void CheckPlaceholder(string dataSet, string path, SafeFileHandle handle, long length)
    {
        Span<byte> start = stackalloc byte[FileKind.StartBytes];
        start = start[..RandomAccess.Read(handle, start, 0)];
        if (length <= FileKind.StartBytes && FileKind.Of(start, length) is { Form: FileForm.Foreign } kind)
        {
            handle.Dispose();
            kind.Require(path, $"records of {dataSet}");
        }
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
}
