using Microsoft.ML.Runtime;

namespace IGptMl.Hosting;

/// <summary>What the user set on the MLContext, read late: a host copies it when it is registered.</summary>
internal static class HostSettings
{
    /// <summary>The GPU that the user asked for, or null for the CPU.</summary>
    internal static int? GpuDeviceId(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.GpuDeviceId;

    /// <summary>Whether the CPU will do where that GPU is missing.</summary>
    internal static bool FallbackToCpu(IHostEnvironment environment) => (environment as IHostEnvironmentInternal)?.FallbackToCpu ?? false;

    /// <summary>A host of that name.</summary>
    internal static IHost Register(IHostEnvironment environment, string name)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment.Register(name);
    }
}
