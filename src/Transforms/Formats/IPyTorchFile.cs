namespace IGptMl.Formats;

/// <summary>One of the two containers that torch.save has written: what differs between them.</summary>
internal interface IPyTorchFile : IDisposable
{
    /// <summary>The unpickled object.</summary>
    object? Root { get; }

    /// <summary>Opens a storage at its first byte.</summary>
    /// <exception cref="InvalidDataException">The file does not have it, or not with this length.</exception>
    Stream OpenStorage(PyTorchStorage storage);
}
