using System.Buffers.Binary;

namespace IGptMl.Formats;

/// <summary>
/// The container of torch.save before version 1.6: five pickles (a magic number, a protocol version, facts about the machine, the object, the list of
/// storage keys), then each storage in the order of the list, as a count of elements (eight bytes) and the elements.
/// </summary>
internal sealed class PyTorchLegacyFile : IPyTorchFile
{
    private const long Protocol = 1001;

    private readonly Stream _stream;
    private readonly string _source;
    private readonly Dictionary<string, (long Start, long Count)> _storages = new(StringComparer.Ordinal);

    /// <summary>Reads the pickles and locates the storages. The stream is closed with this instance.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or does not contain a state dict.</exception>
    public PyTorchLegacyFile(Stream stream, string source)
    {
        _stream = stream;
        _source = source;
        stream.Position = Magic.Length;
        if (PickleMachine.Read(stream, source) is not Protocol)
        {
            throw new InvalidDataException($"{source}: expected protocol version {Protocol} of torch.save.");
        }

        if (PickleMachine.Read(stream, source) is PickleDictionary machine && machine.Find("little_endian") is false)
        {
            throw new InvalidDataException($"{source}: only little-endian files are supported.");
        }

        Root = PickleMachine.Read(stream, source);
        if (PickleMachine.Read(stream, source) is not List<object?> keys)
        {
            throw new InvalidDataException($"{source}: expected the list of storage keys.");
        }

        FindStorages(keys, Root as PickleDictionary);
    }

    /// <summary>The pickled magic number at the start of every such file.</summary>
    public static ReadOnlySpan<byte> Magic => [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E];

    /// <inheritdoc/>
    public object? Root { get; }

    /// <inheritdoc/>
    public Stream OpenStorage(PyTorchStorage storage)
    {
        if (!_storages.TryGetValue(storage.Key, out var place))
        {
            throw new InvalidDataException($"{_source}: the storage '{storage.Key}' is missing.");
        }

        return place.Count == storage.Count
            ? new SliceStream(_stream, place.Start, storage.ByteCount)
            : throw new InvalidDataException($"{_source}: the storage '{storage.Key}' has {place.Count} elements; expected {storage.Count}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    // The counts are in elements, so finding the end of each storage takes its element type, which only the tensors know.
    private void FindStorages(List<object?> keys, PickleDictionary? tensors)
    {
        var types = new Dictionary<string, WeightType>(StringComparer.Ordinal);
        foreach (var (_, value) in tensors?.Entries ?? [])
        {
            if (value is PyTorchTensor tensor && !types.TryAdd(tensor.Storage.Key, tensor.Storage.Type) && types[tensor.Storage.Key] != tensor.Storage.Type)
            {
                throw new InvalidDataException($"{_source}: the storage '{tensor.Storage.Key}' has two types.");
            }
        }

        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var item in keys)
        {
            if (item is not string key || !types.TryGetValue(key, out var type))
            {
                throw new InvalidDataException($"{_source}: the list of storage keys names '{item as string}', which no tensor of the state dict uses.");
            }

            if (_stream.ReadAtLeast(count, count.Length, throwOnEndOfStream: false) < count.Length)
            {
                throw new InvalidDataException($"{_source}: the file ends before the storage '{key}'.");
            }

            var elements = BinaryPrimitives.ReadInt64LittleEndian(count);
            var available = (_stream.Length - _stream.Position) / WeightTypes.SizeOf(type);
            if (elements < 0 || elements > available || !_storages.TryAdd(key, (_stream.Position, elements)))
            {
                throw new InvalidDataException(
                    $"{_source}: the storage '{key}' is repeated, or claims {elements} elements while {available} remain in the file.");
            }

            _stream.Position += elements * WeightTypes.SizeOf(type);
        }
    }
}
