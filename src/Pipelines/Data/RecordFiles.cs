using Microsoft.Win32.SafeHandles;

namespace IGptMl.Data;

/// <summary>Files that are records of one size and nothing else, counted on from file to file. They stay open, and a record is read when it is asked for, from any thread.</summary>
internal sealed class RecordFiles
{
    private readonly int _recordBytes;
    private readonly (string Path, SafeFileHandle Handle, int Start)[] _files;

    /// <param name="dataSet">The name of the data set, for errors.</param>
    /// <param name="recordBytes">The size of a record.</param>
    /// <param name="paths">The files in the order of their records.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file has no record, or is not made of whole ones.</exception>
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

    /// <summary>The records of all files.</summary>
    public int Count { get; }

    /// <summary>What tells the files from others, or from what they were before they changed.</summary>
    public string Identity => FileIdentity.Of(_files.Select(file => (Path.GetFileName(file.Path), file.Path)));

    /// <summary>A record's file and its number there, from 0: "test_batch.bin#17".</summary>
    public string Name(int index)
    {
        var (file, record) = Locate(index);
        return $"{Path.GetFileName(_files[file].Path)}#{record}";
    }

    /// <summary>The same with the whole path, for errors.</summary>
    public string Describe(int index)
    {
        var (file, record) = Locate(index);
        return $"'{_files[file].Path}', record {record}";
    }

    /// <summary>Reads a part of a record.</summary>
    /// <param name="index">The record, from 0.</param>
    /// <param name="offset">Where in the record the part begins.</param>
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

        // The handle closes when the last view on it is collected: an IDataView has no Dispose.
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
        var length = RandomAccess.GetLength(handle);
        if (length == 0 || length % _recordBytes != 0)
        {
            handle.Dispose();
            throw new InvalidDataException($"'{path}' has {length} bytes, which is not a whole number of records of {_recordBytes} bytes: record {length / _recordBytes} has only {length % _recordBytes}.");
        }

        records = checked((int)(length / _recordBytes));
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
}
