namespace IGptMl.Formats;

/// <summary>A flat array of a PyTorch file, of which tensors are views.</summary>
/// <param name="Key">The name under which the file stores its bytes.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">The number of its elements.</param>
internal sealed record PyTorchStorage(string Key, WeightType Type, long Count)
{
    /// <summary>The length in bytes.</summary>
    public long ByteCount => Count * WeightTypes.SizeOf(Type);
}
