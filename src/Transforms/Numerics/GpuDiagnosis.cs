using System.Runtime.InteropServices;

namespace IGptMl.Numerics;

/// <summary>Why a GPU cannot be used.</summary>
internal static class GpuDiagnosis
{
    /// <summary>The oldest version that a driver must support: libraries of CUDA 12 run on every driver for CUDA 12 (minor version compatibility).</summary>
    private const int OldestDriver = 12_000;

    private static readonly string[] DriverLibraries = ["libcuda.so.1", "nvcuda.dll"];

    /// <summary>Explains why GPU <paramref name="id"/> cannot be used on this machine.</summary>
    /// <param name="id">The requested number.</param>
    /// <param name="devices">The number of GPUs that libtorch finds.</param>
    internal static string Explain(int id, int devices) => Explain(id, TorchRuntime.HasCuda, FindDriver(), devices);

    /// <summary>Explains why a GPU cannot be used, as the beginning of a sentence's second half.</summary>
    /// <param name="id">The requested number.</param>
    /// <param name="hasLibrary">Whether the application has libtorch for CUDA.</param>
    /// <param name="driver">The version of CUDA that the driver supports, such as 12080; 0 if it does not say; null if there is no driver.</param>
    /// <param name="devices">The number of GPUs that libtorch finds.</param>
    internal static string Explain(int id, bool hasLibrary, int? driver, int devices) => (hasLibrary, driver, devices) switch
    {
        (false, _, _) => "this application has the native library for CPUs only. Reference the package TorchSharp-cuda-linux or TorchSharp-cuda-windows in "
            + "place of TorchSharp-cpu; in this repository, build with -p:TorchBackend=cuda",
        (_, null, _) => "no NVIDIA driver is installed. Install one; nvidia-smi then shows the GPUs",
        (_, > 0 and < OldestDriver, _) => $"the NVIDIA driver is too old: it supports CUDA {Version(driver.Value)}, and the native library needs "
            + $"{Version(OldestDriver)} or newer. Update the driver",
        (_, _, 0) => "CUDA finds no GPU. nvidia-smi shows those that there are, and the environment variable CUDA_VISIBLE_DEVICES may hide them",
        (_, _, 1) => $"there is one GPU, number 0, and {id} is another",
        _ => $"there are {devices} GPUs, numbered from 0, and {id} is not one of them",
    };

    private static string Version(int version) => FormattableString.Invariant($"{version / 1000}.{version % 1000 / 10}");

    /// <summary>The version of CUDA that the installed driver supports; null without a driver.</summary>
    private static unsafe int? FindDriver()
    {
        foreach (var name in DriverLibraries)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                var version = 0;
                return NativeLibrary.TryGetExport(library, "cuDriverGetVersion", out var address)
                    && ((delegate* unmanaged<int*, int>)address)(&version) == 0 ? version : 0;
            }
        }

        return null;
    }
}
