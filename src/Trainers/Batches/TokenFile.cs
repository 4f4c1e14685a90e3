using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;
using IGptMl.Formats;
using IGptMl.Numerics;

namespace IGptMl.Batches;

/// <summary>
/// A memory-mapped file of tokens, two bytes each: a header of 64 bytes with a checksum (<see cref="TokenFileHeader"/>), the rows in order, the labels (int32),
/// if any, and a description in JSON (<see cref="TokenFileDescription"/>). The whole file is verified when it is opened. Thread-safe.
/// </summary>
internal sealed unsafe class TokenFile : ITokenRows, IDisposable
{
    /// <summary>The value of a missing token. Valid tokens are at most 65534.</summary>
    internal const ushort Missing = ushort.MaxValue;

    private const int PieceBytes = 1 << 26;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private int _disposed;

    private TokenFile(string path)
    {
        // Other processes may replace or delete the file meanwhile; the mapping stays valid.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (FileKind.Of(stream) is { Form: not FileForm.Unknown } kind)
        {
            throw new InvalidDataException($"it is {kind.Description}");
        }

        Span<byte> header = stackalloc byte[TokenFileHeader.Size];
        var read = stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
        Header = TokenFileHeader.Read(header[..read]);
        if (stream.Length != Header.FileBytes)
        {
            throw new InvalidDataException($"it has {stream.Length} bytes where its header needs {Header.FileBytes}");
        }

        _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = _file.CreateViewAccessor(0, Header.FileBytes, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        Description = new TokenFileDescription(null, default, null, null);
        try
        {
            CheckContent();
            Description = TokenFileDescription.FromJson(Bytes(Header.DescriptionAt, Header.DescriptionBytes));
            CheckDescription();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Releases a file that was not disposed, as an IDataView cannot be.</summary>
    ~TokenFile() => Release();

    /// <summary>The sizes.</summary>
    internal TokenFileHeader Header { get; }

    /// <summary>How the tokens were produced.</summary>
    internal TokenFileDescription Description { get; }

    /// <summary>Whether any token is missing.</summary>
    internal bool HasMissing { get; private set; }

    /// <inheritdoc/>
    public int Count => Header.Rows;

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> this[int row]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return MemoryMarshal.Cast<byte, ushort>(Bytes(TokenFileHeader.Size + ((long)row * Header.ContextLength * sizeof(ushort)),
                Header.ContextLength * sizeof(ushort)));
        }
    }

    /// <summary>The row's label, 0-based; -1 if it is missing.</summary>
    internal int LabelOf(int row)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return MemoryMarshal.Read<int>(Bytes(Header.LabelsAt + ((long)row * sizeof(int)), sizeof(int)));
    }

    /// <summary>Opens and checks a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a token file, or is damaged.</exception>
    internal static TokenFile Open(string path)
    {
        try
        {
            return new TokenFile(path);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"'{path}' cannot be read as tokens: {e.Message}.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && _start is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
        }
    }

    private ReadOnlySpan<byte> Bytes(long at, int count) => new(_start + at, count);

    private void CheckContent()
    {
        var checksum = Crc32C.Start;
        for (var at = (long)TokenFileHeader.Size; at < Header.FileBytes; at += PieceBytes)
        {
            checksum = Crc32C.Append(checksum, Bytes(at, (int)Math.Min(PieceBytes, Header.FileBytes - at)));
        }

        if (~checksum != Header.ContentChecksum)
        {
            throw new InvalidDataException("its content does not have the checksum that its header names");
        }

        for (var at = (long)TokenFileHeader.Size; at < Header.LabelsAt; at += PieceBytes)
        {
            CheckTokens(MemoryMarshal.Cast<byte, ushort>(Bytes(at, (int)Math.Min(PieceBytes, Header.LabelsAt - at))));
        }
    }

    private void CheckTokens(ReadOnlySpan<ushort> tokens)
    {
        var largest = Vector<ushort>.Zero;
        var missing = Vector<ushort>.Zero;
        foreach (var wide in MemoryMarshal.Cast<ushort, Vector<ushort>>(tokens))
        {
            var absent = Vector.Equals(wide, new Vector<ushort>(Missing));
            missing |= absent;
            largest = Vector.Max(largest, Vector.AndNot(wide, absent));
        }

        ushort most = 0;
        for (var lane = 0; lane < Vector<ushort>.Count; lane++)
        {
            most = Math.Max(most, largest[lane]);
            HasMissing |= missing[lane] != 0;
        }

        foreach (var token in tokens[^(tokens.Length % Vector<ushort>.Count)..])
        {
            most = token == Missing ? most : Math.Max(most, token);
            HasMissing |= token == Missing;
        }

        if (most >= Header.Colors)
        {
            throw new InvalidDataException($"it holds token {most} of {Header.Colors} colors");
        }
    }

    private void CheckDescription()
    {
        if (Description.Palette is { } palette && palette.Count != Header.Colors)
        {
            throw new InvalidDataException($"its palette has {palette.Count} colors for tokens of {Header.Colors}");
        }

        if (Header.IsLabeled != (Description.ClassNames is { Count: > 0 }))
        {
            throw new InvalidDataException("it has labels without classes, or classes without labels");
        }

        for (var row = 0; Header.IsLabeled && row < Count; row++)
        {
            if (LabelOf(row) < -1 || LabelOf(row) >= Description.ClassNames!.Count)
            {
                throw new InvalidDataException($"row {row} has label {LabelOf(row)} of {Description.ClassNames!.Count} classes");
            }
        }
    }
}
