using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>The user's settings of the MLContext. A host copies them when it is registered.</summary>
internal static class HostSettings
{
    /// <summary>The requested GPU; null for the CPU.</summary>
    internal static int? GpuDeviceId(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Whether to fall back to the CPU if the GPU is not available.</summary>
    internal static bool FallbackToCpu(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? false;

    /// <summary>Registers a host with a name.</summary>
    internal static IHost Register(IHostEnvironment environment, string name)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment.Register(name);
    }
}
