using IGptMl.Numerics;
using Microsoft.ML.Runtime;
using TorchSharp;

namespace IGptMl.Hosting;

/// <summary>Selects the device of a computation, by ML.NET's conventions (<c>MLContext.GpuDeviceId</c>, <c>MLContext.FallbackToCpu</c>).</summary>
internal static class DeviceChoice
{
    /// <summary>The device for <paramref name="gpuDeviceId"/>: null means the CPU.</summary>
    /// <exception cref="InvalidOperationException">The GPU is not available, and falling back to the CPU is not allowed.</exception>
    internal static torch.Device Resolve(IHostEnvironment environment, int? gpuDeviceId, bool? fallbackToCpu)
    {
        TorchRuntime.EnsureLoaded();
        if ((gpuDeviceId ?? HostSettings.GpuDeviceId(environment)) is not { } id)
        {
            return torch.CPU;
        }

        var devices = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (id >= 0 && id < devices)
        {
            return new torch.Device(DeviceType.CUDA, id);
        }

        if (fallbackToCpu ?? HostSettings.FallbackToCpu(environment))
        {
            return torch.CPU;
        }

        throw new InvalidOperationException(
            $"GPU {id} was requested, but {GpuDiagnosis.Explain(id, devices)}. Or set FallbackToCpu to run on the CPU instead.");
    }
}
