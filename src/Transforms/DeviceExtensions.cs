using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Extends <see cref="MLContext"/> by the question where networks run.</summary>
public static class DeviceExtensions
{
    /// <summary>
    /// Finds the device on which networks of this context run, by <see cref="MLContext.GpuDeviceId"/> and <see cref="MLContext.FallbackToCpu"/>.
    /// </summary>
    /// <remarks>Components find it by themselves when they run. An application asks before, to tell its user, or to fail before hours of work.</remarks>
    /// <param name="context">The context.</param>
    /// <returns>"cpu", or "cuda:0" for the first NVIDIA GPU.</returns>
    /// <exception cref="InvalidOperationException">That GPU is not there, and the CPU is not allowed instead.</exception>
    /// <exception cref="DllNotFoundException">The application carries no native library of TorchSharp that fits this machine.</exception>
    public static string GetDeviceName(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return DeviceChoice.Resolve(context, null, null).ToString();
    }
}
