using System.Buffers.Binary;
using IGptMl.Formats;
using IGptMl.Quantization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.Win32.SafeHandles;

namespace IGptMl.Data;

/// <summary>
/// Images that are already quantized: an npy file of integers from 0, [rows, side²] or [rows, side, side], in raster order, as in OpenAI's published ImageNet
/// and CIFAR-10 (cifar10_trX.npy). Each row is read on demand from the open file.
/// </summary>
internal sealed class TokenArraySource : RowSource
{
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private readonly long _start;
    private readonly NpyHeader _header;
    private readonly NpyArray? _transposed;
    private readonly int _context;
    private readonly TokenArrayLabels? _labels;

    /// <param name="path">The tokens.</param>
    /// <param name="labels">The classes of the rows; null for no labels.</param>
    /// <param name="colors">The number of colors.</param>
    /// <param name="palette">The palette with as many colors, if it is known.</param>
    public TokenArraySource(string path, TokenArrayLabels? labels, int colors, Palette? palette)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = path;
        _labels = labels;
        Colors = colors;

        // The garbage collector closes the handle when no view uses it any more, because an IDataView cannot be disposed.
        using (var stream = File.OpenRead(path))
        {
            var header = NpyFormat.ReadHeader(stream, path);
            if (!header.IsInteger || header.Shape.Count is < 2 or > 3 || header.Count == 0 || header.Shape[0] > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"'{path}' has shape {header.ShapeText} of {header.Type}; expected tokens: integers of shape (images, side * side).");
            }

            (Count, var tokens, _header, _start) = ((int)header.Shape[0], header.Count / header.Shape[0], header, stream.Position);
            var side = (int)Math.Sqrt(tokens);
            if ((long)side * side != tokens)
            {
                throw new InvalidDataException($"'{path}' has {tokens} tokens per image, which is not a square.");
            }

            _context = (int)tokens;
            Content = palette is null
                ? new DataViewSchema.DetachedColumn(SourceDataView.TokensColumn, new VectorDataViewType(new KeyDataViewType(typeof(ushort), colors), _context))
                : QuantizedColumn.Create(SourceDataView.TokensColumn, palette, side, ImageCropping.Squash);
        }

        if (labels is not null && labels.Count != Count)
        {
            throw new InvalidDataException($"'{labels.Path}' has {labels.Count} labels, but '{path}' has {Count} images.");
        }

        // In Fortran order, the tokens of a row are spread over the whole file.
        _transposed = _header.IsFortran ? NpyFormat.Read(path) : null;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => _labels?.ClassNames ?? [Path.GetFileNameWithoutExtension(_path)];

    /// <inheritdoc/>
    public override DataViewSchema.DetachedColumn Content { get; }

    /// <summary>The number of colors; tokens are 0 to Colors - 1.</summary>
    public int Colors { get; }

    /// <inheritdoc/>
    public override ContentGetter OpenContent(SourceCursor cursor) => new TokenGetter(this, cursor);

    /// <inheritdoc/>
    public override int ReadLabel(int index) => _labels?[index] ?? NoLabel;

    /// <inheritdoc/>
    public override string ReadName(int index) => $"{Path.GetFileName(_path)}#{index}";

    /// <summary>Reads a row as keys, which are 1-based.</summary>
    /// <param name="index">The row.</param>
    /// <param name="buffer">A buffer for the stored row.</param>
    /// <param name="keys">Receives the keys.</param>
    private void Read(int index, byte[] buffer, Span<ushort> keys)
    {
        if (_transposed is not null)
        {
            _transposed.Bytes.Slice(index * buffer.Length, buffer.Length).CopyTo(buffer);
        }
        else
        {
            ReadRow(index, buffer);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var element = buffer.AsSpan(i * _header.ElementSize);
            long token = _header.Type switch
            {
                NpyType.UInt8 => element[0],
                NpyType.Int8 => (sbyte)element[0],
                NpyType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
                NpyType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
                NpyType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
                NpyType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
                _ => BinaryPrimitives.ReadInt64LittleEndian(element),
            };
            if (token < 0 || token >= Colors)
            {
                throw new InvalidDataException($"'{_path}', row {index}: token {token} at position {i} is not one of 0 to {Colors - 1}.");
            }

            keys[i] = (ushort)(token + 1);
        }
    }

    private void ReadRow(int index, byte[] buffer)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = RandomAccess.Read(_handle, buffer.AsSpan(filled), _start + ((long)index * buffer.Length) + filled);
            filled += read > 0
                ? read
                : throw new InvalidDataException($"'{_path}', row {index}: the file ends inside the row; it was longer when it was opened.");
        }

        if (_header.IsBigEndian)
        {
            NpyLayout.SwapBytes(buffer, _header.ElementSize);
        }
    }

    private sealed class TokenGetter(TokenArraySource source, SourceCursor cursor) : ContentGetter
    {
        private readonly byte[] _buffer = new byte[source._context * source._header.ElementSize];

        /// <inheritdoc/>
        public override Delegate Getter => (ValueGetter<VBuffer<ushort>>)Get;

        private void Get(ref VBuffer<ushort> value)
        {
            var row = cursor.Row;
            var editor = VBufferEditor.Create(ref value, source._context);
            source.Read(row, _buffer, editor.Values);
            value = editor.Commit();
        }
    }
}
