namespace IGptMl.Formats;

/// <summary>Reads a safetensors file: from a seekable stream in any order of arrays, or from a forward-only stream in the file's order.</summary>
internal sealed class SafetensorsReader : WeightReader
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly Dictionary<string, long> _starts = new(StringComparer.Ordinal);

    /// <summary>Reads the header of a seekable stream that stands at its start, and keeps the stream open for the arrays.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format.</exception>
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

    /// <summary>Free text that the file carries; often empty.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format.</exception>
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
    /// Reads a stream that may be forward-only, such as an entry of a zip, to its end: <paramref name="visit"/> sees every array once, in the file's order, and reads
    /// as much of it as it wants. <paramref name="begin"/>, if given, sees all the arrays' names and shapes and the metadata first.
    /// </summary>
    /// <exception cref="InvalidDataException">The file breaks the format, or ends early, or goes on after the last array.</exception>
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
            throw new InvalidDataException($"{source}: the file goes on after its last tensor.");
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
