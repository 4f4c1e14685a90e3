using System.Diagnostics;
using TorchSharp;

namespace IGptMl.Optimization;

/// <summary>Measures how fast a device multiplies square matrices, as a reference for the speed of training.</summary>
internal static class MatrixPeak
{
    private const int Size = 2048;

    /// <summary>Floating-point operations per second, the best of three products.</summary>
    internal static double Measure(torch.Device device, torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var a = torch.ones([Size, Size], type, device);
        var best = double.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            Wait(device);
            var start = Stopwatch.GetTimestamp();
            a.matmul(a).Dispose();
            Wait(device);
            best = i == 0 ? best : Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2 * Math.Pow(Size, 3) / best;
    }

    private static void Wait(torch.Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            torch.cuda.synchronize(device);
        }
    }
}
