using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Reports;

/// <summary>The versions and the hardware that produced results.</summary>
/// <param name="Created">The time when the results were written, in universal time.</param>
/// <param name="IGptMl">The version of these libraries.</param>
/// <param name="DotNet">The runtime.</param>
/// <param name="MLNet">ML.NET's version.</param>
/// <param name="TorchSharp">TorchSharp's version.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Processor">The processor's name, if the system provides it.</param>
/// <param name="Cores">The number of logical processors.</param>
/// <param name="MemoryGigabytes">The memory that is available to the process.</param>
internal sealed record Provenance(
    DateTime Created,
    string IGptMl,
    string DotNet,
    string MLNet,
    string TorchSharp,
    string OperatingSystem,
    string Processor,
    int Cores,
    double MemoryGigabytes)
{
    private const string CpuInfo = "/proc/cpuinfo";

    /// <summary>The provenance of this process.</summary>
    internal static Provenance Current => new(
        DateTime.UtcNow,
        VersionOf(typeof(Provenance)),
        RuntimeInformation.FrameworkDescription,
        VersionOf(typeof(MLContext)),
        VersionOf(typeof(torch)),
        RuntimeInformation.OSDescription,
        ReadProcessor(),
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1));

    private static string VersionOf(Type type)
    {
        var version = type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        return (version ?? $"{type.Assembly.GetName().Version}").Split('+')[0];
    }

    private static string ReadProcessor()
    {
        var line = File.Exists(CpuInfo) ? File.ReadLines(CpuInfo).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
