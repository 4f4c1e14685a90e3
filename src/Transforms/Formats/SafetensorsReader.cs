namespace IGptMl.Formats;

/// <summary>Reads a safetensors file: a seekable stream in any order of arrays, or a forward-only stream in the file's order.</summary>
internal sealed class SafetensorsReader : WeightReader
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);

    /// <summary>Reads the header of a seekable stream from its start, and keeps the stream open for the arrays.</summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public SafetensorsReader(Stream stream, string source, bool leaveOpen = false)
        : this(stream, source, leaveOpen, ReadHeader(stream, source))
    {
    }

    private SafetensorsReader(Stream stream, string source, bool leaveOpen, SafetensorsHeader header)
        : base(source, header.Weights)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        Metadata = header.Metadata;
        var data = stream.Position;
        for (var i = 0; i < header.Weights.Count; i++)
        {
            _starts.Add(header.Weights[i].Name, data + header.Offsets[i]);
        }
    }

    /// <summary>Free text that the file contains, by key; often empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">The file is malformed.</exception>
    public static SafetensorsReader OpenFile(string path)
    {
        var stream = File.OpenRead(path);
        try
        {
            return new SafetensorsReader(stream, path);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads a stream that may be forward-only, such as an entry of a zip, to its end. <paramref name="visit"/> is called once for every array, in the
    /// file's order, and reads as much of it as it needs. The optional <paramref name="begin"/> is called first, with the names and shapes of all arrays and
    /// the metadata.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is malformed or truncated, or bytes follow its last array.</exception>
    public static void ReadAll(
        Stream stream,
        string source,
        Action<WeightData> visit,
        Action<IReadOnlyList<WeightInfo>, IReadOnlyDictionary<string, string>>? begin = null)
    {
        var header = SafetensorsHeader.Read(stream, source);
        begin?.Invoke(header.Weights, header.Metadata);
        foreach (var weight in header.Weights)
        {
            using var data = new WeightData(source, weight, stream, leaveOpen: true);
            visit(data);
            data.SkipRemaining();
        }

        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException($"{source}: bytes follow the last tensor.");
        }
    }

    /// <inheritdoc/>
    internal override Stream OpenBytes(WeightInfo weight) => new SliceStream(_stream, _starts[weight.Name], weight.ByteCount);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private static SafetensorsHeader ReadHeader(Stream stream, string source)
    {
        if (!stream.CanSeek)
        {
            throw new ArgumentException("The stream is forward-only; ReadAll reads such streams.", nameof(stream));
        }

        var header = SafetensorsHeader.Read(stream, source);
        var available = stream.Length - stream.Position;
        return header.DataBytes == available
            ? header
            : throw new InvalidDataException($"{source}: the tensors need {header.DataBytes} bytes; {available} follow the header.");
    }
}
