using System.Globalization;
using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>
/// Reads a TensorFlow checkpoint of version 2: PREFIX.index is a table of the variables, and PREFIX.data-00000-of-0000n contain their bytes. A variable's
/// checksum is compared when the variable has been read to its end. <see cref="WeightReader.Weights"/> omits variables that are not numeric arrays.
/// </summary>
internal sealed class TensorFlowReader : WeightReader
{
    // A variable takes about fifty bytes of the index; a million variables are far more than any model has.
    private const int MaxIndexBytes = 1 << 26;

    private readonly Dictionary<string, TensorFlowEntry> _entries;
    private readonly Dictionary<long, Stream> _shards;

    private TensorFlowReader(string prefix, TensorFlowIndex index, Dictionary<long, Stream> shards)
        : base(prefix, [.. index.Variables.Select(variable => variable.Info)], index.Unreadable)
    {
        _entries = index.Variables.ToDictionary(variable => variable.Info.Name, variable => variable.Entry, StringComparer.Ordinal);
        _shards = shards;
    }

    /// <summary>Opens a checkpoint by its prefix, the path of its index without <c>.index</c>.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or a data file is missing.</exception>
    /// <exception cref="FileNotFoundException">The index does not exist.</exception>
    public static TensorFlowReader OpenFile(string prefix) => Open(prefix, File.OpenRead);

    /// <summary>Opens a checkpoint. <paramref name="open"/> opens its files, by name, as seekable streams.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or a data file is missing.</exception>
    /// <exception cref="FileNotFoundException">The index does not exist.</exception>
    public static TensorFlowReader Open(string prefix, Func<string, Stream> open)
    {
        var index = TensorFlowIndex.Parse(ReadIndex(prefix + ".index", open), prefix + ".index");
        var shards = new Dictionary<long, Stream>();
        try
        {
            foreach (var (info, entry) in index.Variables)
            {
                var path = PathOf(prefix, entry.Shard, index.ShardCount);
                if (!shards.TryGetValue(entry.Shard, out var shard))
                {
                    shards.Add(entry.Shard, shard = OpenShard(path, open));
                }

                if (entry.Offset > shard.Length || entry.Size > shard.Length - entry.Offset)
                {
                    throw new InvalidDataException(
                        $"{path}: variable {info} of {entry.Size} bytes starts at offset {entry.Offset}; the file has {shard.Length} bytes.");
                }
            }

            return new TensorFlowReader(prefix, index, shards);
        }
        catch
        {
            DisposeAll(shards);
            throw;
        }
    }

    /// <inheritdoc/>
    internal override Stream OpenBytes(WeightInfo weight)
    {
        var entry = _entries[weight.Name];
        return new ChecksumStream(
            new SliceStream(_shards[entry.Shard], entry.Offset, entry.Size), entry.Size, entry.Checksum, $"{Source}: variable {weight}");
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DisposeAll(_shards);
        }
    }

    private static byte[] ReadIndex(string path, Func<string, Stream> open)
    {
        using var stream = open(path);
        FileKind.Require(stream, path, "the index of a TensorFlow checkpoint", FileForm.TensorFlowIndex);
        if (stream.Length > MaxIndexBytes)
        {
            throw new InvalidDataException($"{path}: the index has {stream.Length} bytes; expected at most {MaxIndexBytes}.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Stream OpenShard(string path, Func<string, Stream> open)
    {
        try
        {
            var stream = open(path);
            try
            {
                CheckPlaceholder(stream, path);
                return stream;
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (FileNotFoundException exception)
        {
            throw new InvalidDataException($"{path}: this data file of the checkpoint is missing.", exception);
        }
    }

    /// <summary>The bytes of variables may look like any form, but not like a short text.</summary>
    private static void CheckPlaceholder(Stream stream, string path)
    {
        if (stream.Length <= FileKind.StartBytes && FileKind.Of(stream) is { Form: FileForm.Foreign } kind)
        {
            kind.Require(path, "the data of a TensorFlow checkpoint");
        }
    }

    internal static string PathOf(string prefix, long shard, long shardCount) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}.data-{shard:D5}-of-{shardCount:D5}");

    private static void DisposeAll(Dictionary<long, Stream> shards)
    {
        foreach (var shard in shards.Values)
        {
            shard.Dispose();
        }
    }
}
