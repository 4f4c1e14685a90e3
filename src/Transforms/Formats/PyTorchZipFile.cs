using System.IO.Compression;

namespace IGptMl.Formats;

/// <summary>
/// The container of torch.save since version 1.6: a zip whose entries are stored, not compressed. NAME/data.pkl is the object, NAME/data/KEY are the
/// storages, and the optional NAME/byteorder states the byte order of their elements.
/// </summary>
internal sealed class PyTorchZipFile : IPyTorchFile
{
    // An array takes one or two hundred bytes of the pickle; a hundred thousand arrays are far more than any model has.
    private const int MaxPickleBytes = 1 << 26;

    private readonly ZipArchive _zip;
    private readonly string _source;
    private readonly string _prefix;

    /// <summary>Reads the object. The stream is closed with this instance.</summary>
    /// <exception cref="InvalidDataException">The zip is damaged or does not contain a state dict.</exception>
    public PyTorchZipFile(Stream stream, string source)
    {
        _source = source;
        _zip = new ZipArchive(stream, ZipArchiveMode.Read);
        var pickle = _zip.Entries.FirstOrDefault(entry => entry.Name == "data.pkl" && entry.FullName.Count(letter => letter == '/') == 1)
            ?? throw new InvalidDataException($"{source}: a zip without NAME/data.pkl is not a file of torch.save.");
        _prefix = pickle.FullName[..^pickle.Name.Length];
        if (_zip.GetEntry(_prefix + "byteorder") is { } order && !ReadSmall(order, 16).AsSpan().SequenceEqual("little"u8))
        {
            throw new InvalidDataException($"{source}: {order.FullName}: only little-endian files are supported.");
        }

        using var bytes = new MemoryStream(ReadSmall(pickle, MaxPickleBytes), writable: false);
        Root = PickleMachine.Read(bytes, $"{source}: {pickle.FullName}");
    }

    /// <inheritdoc/>
    public object? Root { get; }

    /// <inheritdoc/>
    public Stream OpenStorage(PyTorchStorage storage)
    {
        var name = $"{_prefix}data/{storage.Key}";
        var entry = _zip.GetEntry(name) ?? throw new InvalidDataException($"{_source}: the entry '{name}' is missing.");
        CheckStored(entry);
        return entry.Length == storage.ByteCount
            ? entry.Open()
            : throw new InvalidDataException($"{_source}: the entry '{name}' has {entry.Length} bytes; its storage needs {storage.ByteCount}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    private byte[] ReadSmall(ZipArchiveEntry entry, int maxBytes)
    {
        CheckStored(entry);
        if (entry.Length > maxBytes)
        {
            throw new InvalidDataException($"{_source}: the entry '{entry.FullName}' has {entry.Length} bytes; expected at most {maxBytes}.");
        }

        // Opening the entry checks that its bytes are within the file, so the claimed length can be trusted.
        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        return stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length
            ? bytes
            : throw new InvalidDataException($"{_source}: the file ends inside the entry '{entry.FullName}'.");
    }

    // torch.save never compresses, and an uncompressed entry cannot be a zip bomb.
    private void CheckStored(ZipArchiveEntry entry)
    {
        if (entry.Length != entry.CompressedLength)
        {
            throw new InvalidDataException($"{_source}: the entry '{entry.FullName}' is compressed; torch.save stores entries without compression.");
        }
    }
}
