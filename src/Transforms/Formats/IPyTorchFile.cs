namespace IGptMl.Formats;

/// <summary>What differs between the two containers that torch.save has written: the zip file since PyTorch 1.6, and the older format.</summary>
internal interface IPyTorchFile : IDisposable
{
    /// <summary>The unpickled object.</summary>
    object? Root { get; }

    /// <summary>Opens the bytes of a storage, from the first.</summary>
    /// <exception cref="InvalidDataException">The file does not contain the storage, or its length differs.</exception>
    Stream OpenStorage(PyTorchStorage storage);
}
