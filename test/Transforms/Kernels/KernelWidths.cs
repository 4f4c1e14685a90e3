using IGptMl.Kernels;

namespace IGptMl.Tests.Kernels;

/// <summary>The register widths that this processor supports: none, 256, or 256 and 512 bits.</summary>
internal static class KernelWidths
{
    public static IEnumerable<int> All => RegisterWidth.Widest switch { 512 => [256, 512], 256 => [256], _ => [] };

    /// <summary>Each width with each guarded edge.</summary>
    public static IEnumerable<(int Bits, MemoryEdge Edge)> WithEdges => All.SelectMany(bits => Enum.GetValues<MemoryEdge>().Select(edge => (bits, edge)));

    /// <summary>Runs a check for a register width.</summary>
    public static void Run(int bits, Action check256, Action check512) => (bits == 512 ? check512 : check256)();
}
