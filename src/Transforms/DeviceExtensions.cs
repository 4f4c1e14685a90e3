using IGptMl.Hosting;

namespace Microsoft.ML;

/// <summary>Extends <see cref="MLContext"/> with the selection of the device.</summary>
public static class DeviceExtensions
{
    /// <summary>
    /// Gets the device on which networks of this context run, according to <see cref="MLContext.GpuDeviceId"/> and <see cref="MLContext.FallbackToCpu"/>.
    /// </summary>
    /// <remarks>Components determine it themselves when they run. An application can call this method to inform its user, or to fail early.</remarks>
    /// <param name="context">The context.</param>
    /// <returns>"cpu", or "cuda:0" for the first NVIDIA GPU.</returns>
    /// <exception cref="InvalidOperationException">The GPU is not available, and falling back to the CPU is not allowed.</exception>
    /// <exception cref="DllNotFoundException">The application has no native library of TorchSharp for this machine.</exception>
    /// <example>
    /// <code language="csharp">
    /// var ml = new MLContext { GpuDeviceId = 0, FallbackToCpu = true };
    /// Console.WriteLine(ml.GetDeviceName()); // "cuda:0", or "cpu"
    /// </code>
    /// </example>
    public static string GetDeviceName(this MLContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return DeviceChoice.Resolve(context, null, null).ToString();
    }
}
