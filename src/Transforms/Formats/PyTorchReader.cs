using IGptMl.Numerics;

namespace IGptMl.Formats;

/// <summary>
/// Reads the state dict of a PyTorch file (<c>pytorch_model.bin</c>, <c>*.pt</c>, <c>*.pth</c>), both in today's zip format and in the older one, without
/// running any code of it. To gather a tensor whose elements are not in row-major order, the range of its storage that it covers is read into memory.
/// </summary>
internal sealed class PyTorchReader : WeightReader
{
    private readonly IPyTorchFile _file;
    private readonly Dictionary<string, PyTorchTensor> _tensors;

    private PyTorchReader(string source, IPyTorchFile file, List<(WeightInfo Info, PyTorchTensor Tensor)> tensors)
        : base(source, [.. tensors.Select(tensor => tensor.Info)])
    {
        _file = file;
        _tensors = tensors.ToDictionary(tensor => tensor.Info.Name, tensor => tensor.Tensor, StringComparer.Ordinal);
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, is not a state dict, or needs an instruction or a name that state dicts do not need.
    /// </exception>
    public static PyTorchReader OpenFile(string path) => Open(File.OpenRead(path), path);

    /// <summary>Opens a seekable stream. The reader closes it when it is disposed; if this method throws, the stream is closed as well.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, is not a state dict, or needs an instruction or a name that state dicts do not need.
    /// </exception>
    public static PyTorchReader Open(Stream stream, string source)
    {
        try
        {
            FileKind.Require(stream, source, "a file of torch.save", FileForm.PyTorch, FileForm.Zip);
            IPyTorchFile file = StartsLikeZip(stream, source) ? new PyTorchZipFile(stream, source) : new PyTorchLegacyFile(stream, source);
            return new PyTorchReader(source, file, PyTorchStateDict.Check(file.Root, stream.Length, source));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    internal override Stream OpenBytes(WeightInfo weight)
    {
        var tensor = _tensors[weight.Name];
        if (weight.Count == 0)
        {
            return Stream.Null;
        }

        tensor.TryFindLast(out var last);
        var storage = _file.OpenStorage(tensor.Storage);
        try
        {
            var size = WeightTypes.SizeOf(weight.Type);
            Skip(storage, tensor.Offset * size, weight);
            if (tensor.IsContiguous)
            {
                return storage;
            }

            var bytes = (last - tensor.Offset + 1) * size;
            if (bytes > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"{Source}: tensor {weight} is not in row-major order and covers {bytes} bytes; at most {Array.MaxLength} are supported.");
            }

            var range = new byte[bytes];
            Fill(storage, range, weight);
            storage.Dispose();
            return new StridedStream(range, size, tensor.Shape, tensor.Strides);
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }
    }

    private static bool StartsLikeZip(Stream stream, string source)
    {
        Span<byte> start = stackalloc byte[PyTorchLegacyFile.Magic.Length];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        stream.Position = 0;
        return start.StartsWith("PK"u8)
            || (start.SequenceEqual(PyTorchLegacyFile.Magic) ? false : throw new InvalidDataException($"{source}: not a file of torch.save."));
    }

    private void Skip(Stream storage, long bytes, WeightInfo weight)
    {
        Span<byte> buffer = stackalloc byte[4096];
        for (; bytes > 0; bytes -= Math.Min(bytes, buffer.Length))
        {
            Fill(storage, buffer[..(int)Math.Min(bytes, buffer.Length)], weight);
        }
    }

    private void Fill(Stream storage, Span<byte> bytes, WeightInfo weight)
    {
        if (storage.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            throw new InvalidDataException($"{Source}: tensor {weight}: the file ends inside its storage.");
        }
    }
}
