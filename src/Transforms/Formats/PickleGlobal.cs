namespace IGptMl.Formats;

/// <summary>A function or class that a pickle names. No code is ever looked up or run by this name; see <see cref="PyTorchGlobals"/>.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    /// <summary>The dotted name.</summary>
    public override string ToString() => $"{Module}.{Name}";
}
