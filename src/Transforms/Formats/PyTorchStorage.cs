namespace IGptMl.Formats;

/// <summary>A flat array that tensors of a PyTorch file are views of.</summary>
/// <param name="Key">The name of its bytes in the file.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Count">The number of its elements.</param>
internal sealed record PyTorchStorage(string Key, WeightType Type, long Count)
{
    /// <summary>The length in bytes.</summary>
    public long ByteCount => Count * WeightTypes.SizeOf(Type);
}
