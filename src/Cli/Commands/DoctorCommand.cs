using System.CommandLine;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using IGptMl.Cli.Arguments;
using IGptMl.Cli.Output;
using IGptMl.Cli.Results;
using Microsoft.ML;
using TorchSharp;

namespace IGptMl.Cli.Commands;

/// <summary>igpt doctor: shows what this machine and installation have, and what is missing.</summary>
internal sealed class DoctorCommand : IgptCommand
{
    private const double Gigabyte = 1e9;

    /// <summary>With less memory, even small models and their images may not fit.</summary>
    private const double EnoughMemory = 2 * Gigabyte;

    private static readonly string[] Published = ["openai/imagegpt-small", "openai/imagegpt-medium", "openai/imagegpt-large"];

    private static readonly string[] MpiLibraries = ["libmpi.so.40", "libmpi.so.12", "libmpi.dylib", "msmpi.dll"];

    private const string GpuPackages = "For an NVIDIA GPU, build with -p:TorchBackend=cuda, which takes TorchSharp-cuda-linux or TorchSharp-cuda-windows.";

    private readonly MemoryOption _memory = new("Plan the training of every preset on a GPU");

    internal DoctorCommand(Terminal terminal, Option<bool> verbose)
        : base("doctor", "Show what this machine and installation have, and what to do about what is missing.", "igpt doctor", terminal, verbose)
    {
        _memory.AddTo(this);
        AddJsonOption();
    }

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        List<DoctorResult.Check> checks = [.. Machine(), .. Natives(), Data(), Models(), Mpi(), .. Plans(_memory.Read(parsed))];
        var result = new DoctorResult(checks.TrueForAll(check => check.Works), checks);
        WriteResult(parsed, result, result.Facts);
        return result.Works ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static IEnumerable<DoctorResult.Check> Machine()
    {
        yield return new("version", $"IGptMl {VersionOf(typeof(ImageGptModel))}, ML.NET {VersionOf(typeof(MLContext))}, TorchSharp {VersionOf(typeof(torch))}");
        yield return new("runtime", $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        yield return new("system", RuntimeInformation.OSDescription);
        yield return new("registers", Vector512.IsHardwareAccelerated ? "512 bits: kernels of this library"
            : Vector256.IsHardwareAccelerated ? "256 bits: kernels of this library"
            : "fewer than 256 bits: libtorch in place of kernels, which takes about twice the time");
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        yield return new("memory", $"{memory / Gigabyte:F1} GB", Remedy: memory < EnoughMemory ? "Give the process or its container 2 GB or more." : null);
    }

    /// <summary>The native library, and what it says of threads and GPUs.</summary>
    private static List<DoctorResult.Check> Natives()
    {
        try
        {
            new MLContext().GetDeviceName(); // loads it
        }
        catch (DllNotFoundException e)
        {
            return [new("native library", "it cannot be loaded", Works: false, e.Message)];
        }

        using var process = Process.GetCurrentProcess();
        string[] files =
        [
            .. process.Modules.Cast<ProcessModule>().Select(module => module.FileName).Where(IsNative).Order(StringComparer.Ordinal),
        ];
        var variable = Environment.GetEnvironmentVariable("OMP_NUM_THREADS");
        return
        [
            new("native library", string.Join(", ", files.Select(Path.GetFileName))),
            new("in", string.Join(", ", files.Select(Path.GetDirectoryName).Distinct())),
            new("threads", $"{torch.get_num_threads()} of {Environment.ProcessorCount} processors, OMP_NUM_THREADS {variable ?? "not set"}"),
            Gpu(files),
        ];
    }

    /// <summary>Whether a module is one of libtorch's, other than the managed TorchSharp.dll.</summary>
    private static bool IsNative(string path)
        => Path.GetFileName(path).Contains("torch", StringComparison.OrdinalIgnoreCase) && Path.GetFileName(path) != "TorchSharp.dll";

    private static DoctorResult.Check Gpu(string[] files)
    {
        if (torch.cuda_is_available())
        {
            return new("GPU", $"{torch.cuda.device_count()} with CUDA: --gpu 0 uses the first");
        }

        return Array.Exists(files, path => path.Contains("cuda", StringComparison.OrdinalIgnoreCase))
            ? new("GPU", "none that CUDA can use", Remedy: "The installation supports NVIDIA GPUs: check the driver, for example with nvidia-smi.")
            : new("GPU", "this installation is for CPUs", Remedy: GpuPackages);
    }

    private static DoctorResult.Check Data()
    {
        var folder = DataCache.Folder;
        return Directory.Exists(folder)
            ? new("data sets", $"{folder}: {string.Join(", ", Directory.GetDirectories(folder).Select(Path.GetFileName))}")
            : new("data sets", $"none in {folder}", Remedy: "igpt data get cifar10 fetches one; your own folders of images need nothing.");
    }

    /// <summary>Whether MPI is installed, which will matter when several processes train one model.</summary>
    private static DoctorResult.Check Mpi()
    {
        var found = MpiLibraries.FirstOrDefault(name => NativeLibrary.TryLoad(name, out _));
        return new("MPI", found is null ? "none; one process needs none" : $"{found}; this version trains in one process and does not use it");
    }

    private static DoctorResult.Check Models()
    {
        var options = new ModelDownloaderOptions();
        var downloader = new ModelDownloader(options);
        string[] found = [.. Published.Where(name => downloader.Find(name) is not null)];
        return found.Length > 0
            ? new("models", $"{string.Join(", ", found)} in {options.HubCacheFolder}{(options.Offline ? "; offline mode is on" : string.Empty)}")
            : new("models", $"none of the paper's in {options.HubCacheFolder}", Remedy: "igpt model get openai/imagegpt-small fetches one.");
    }

    /// <summary>How each preset trains in the memory.</summary>
    private static IEnumerable<DoctorResult.Check> Plans(long bytes) => Preset.Known.Select(preset =>
    {
        TrainingPrecision[] precisions = [TrainingPrecision.Float32, TrainingPrecision.BFloat16];
        var plans = precisions.Select(precision => (Name: precision, Plan: ImageGptMemory.Plan(
            preset.Training.Model, preset.Training with { Precision = precision }, bytes)));
        return new DoctorResult.Check($"{preset.Name} on a GPU", string.Join("; ", plans.Select(plan => $"{plan.Name}: {plan.Plan}")));
    });

    private static string VersionOf(Type type)
        => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', ' ')[0];
}
