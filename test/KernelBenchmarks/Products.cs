using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;
using IGptMl.Kernels;
using IGptMl.Numerics;

namespace IGptMl.Benchmarks;

/// <summary>The rate of the kernels' matrix products at the sizes of a block, on all threads: what a training step can reach.</summary>
internal static class Products
{
    private const int PartRows = 64, Parts = 64;

    internal static void Run(string[] args)
    {
        TorchRuntime.EnsureLoaded();
        var d = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 128;
        if (RegisterWidth.Widest == 512)
        {
            Measure<Lanes512, Vector512<float>>(d);
        }

        Measure<Lanes256, Vector256<float>>(d);
    }

    private static unsafe void Measure<TLanes, TVector>(int d)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        foreach (var (inputs, outputs) in new[] { (d, 3 * d), (d, 4 * d), (4 * d, d), (3 * d, d), (d, d) })
        {
            int lda = inputs + 16, ldc = outputs + 16;
            const int rows = PartRows * Parts;
            using var a = FloatBuffer.Allocate((long)rows * lda);
            using var c = FloatBuffer.Allocate((long)rows * ldc);
            using var w = FloatBuffer.Allocate(PackedMatrix<TLanes, TVector>.Size(inputs, outputs));
            using var g = FloatBuffer.Allocate((long)inputs * outputs);
            var packed = new PackedMatrix<TLanes, TVector>(w.Pointer, inputs, outputs);
            var operations = 2.0 * rows * inputs * outputs;
            var forward = Best(() => KernelThreads.Run(Parts, part =>
                packed.Multiply(a.Pointer + (part * PartRows * lda), lda, c.Pointer + (part * PartRows * ldc), ldc, PartRows, outputs, accumulate: false)));
            const int tileRows = TransposedProduct<TLanes, TVector>.TileRows, tileColumns = TransposedProduct<TLanes, TVector>.TileColumns;
            var (down, across) = (inputs / tileRows, outputs / tileColumns);
            var gradient = Best(() => KernelThreads.Run(down * across, tile =>
            {
                var (i, j) = (tile % down * tileRows, tile / down * tileColumns);
                TransposedProduct<TLanes, TVector>.Add(
                    a.Pointer + i, lda, c.Pointer + j, ldc, g.Pointer + (i * outputs) + j, outputs, tileRows, tileColumns, rows);
            }));
            Console.WriteLine($"{TLanes.Count * 32} bits, ({rows}, {inputs}) x ({inputs}, {outputs}): {operations / forward / 1e9,6:F1} GFLOP/s, "
                + $"gradient of the matrix {operations / gradient / 1e9,6:F1} GFLOP/s");
        }
    }

    private static double Best(Action run)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 30; i++)
        {
            var clock = Stopwatch.StartNew();
            run();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return best;
    }
}
