using IGptMl.Inference;

namespace IGptMl.Tests.Kernels;

/// <summary>The widths of registers for which this processor has kernels: none, 256, or 256 and 512 bits.</summary>
internal static class KernelWidths
{
    public static IEnumerable<int> All => RegisterWidth.Widest switch { 512 => [256, 512], 256 => [256], _ => [] };

    /// <summary>Each width with each end of memory.</summary>
    public static IEnumerable<(int Bits, MemoryEdge Edge)> WithEdges => All.SelectMany(bits => Enum.GetValues<MemoryEdge>().Select(edge => (bits, edge)));

    /// <summary>Runs the check that is written for that width.</summary>
    public static void Run(int bits, Action check256, Action check512) => (bits == 512 ? check512 : check256)();
}
