using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace IGptMl.Numerics;

/// <summary>Loads TorchSharp's native library, or throws an exception that explains why it cannot be loaded.</summary>
internal static class TorchRuntime
{
    private const string Library = "LibTorchSharp";
    private const string CudaLibrary = "torch_cuda";
    private const string NoLibrary = "The application has no native library of TorchSharp for this machine: "
        + "reference the package TorchSharp-cpu (or TorchSharp-cuda-linux, TorchSharp-cuda-windows) of the same version as TorchSharp.";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Whether the application has libtorch for CUDA.</summary>
    internal static bool HasCuda => FindLibrary(CudaLibrary) is not null;

    /// <summary>Must be called before the first torch call of any public method.</summary>
    /// <exception cref="DllNotFoundException">The native library cannot be loaded.</exception>
    internal static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        YieldIdleThreads();

        // If loading fails, TorchSharp copies half a gigabyte and prints every path it has tried, so the loader is asked first.
        var file = FindLibrary(Library);
        if (file is not null && !NativeLibrary.TryLoad(file, out _))
        {
            throw NotLoadable(Explain(file), null);
        }

        if (file is null && IsInApplication(typeof(torch).Assembly) && !NativeLibrary.TryLoad(Library, typeof(torch).Assembly, null, out _))
        {
            throw NotLoadable(NoLibrary, null);
        }

        try
        {
            // TorchSharp loads the libraries of CUDA only if it is asked for them first; without a GPU they serve the CPU as well.
            if (!HasCuda || !torch.TryInitializeDeviceType(DeviceType.CUDA))
            {
                torch.InitializeDeviceType(DeviceType.CPU);
            }

            return true;
        }
        catch (Exception e) when (
            e is DllNotFoundException or TypeInitializationException or NotSupportedException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw NotLoadable(NoLibrary, e);
        }
    }

    /// <summary>
    /// The OpenMP threads of libtorch wait for each other by spinning. If other work needs the same cores, a thread may spin while the thread it waits for
    /// is not running, and everything becomes ten times slower. A short spin has no measurable cost on an idle machine.
    /// </summary>
    private static void YieldIdleThreads()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null)
        {
            _ = SetNativeVariable("GOMP_SPINCOUNT", "10000", overwrite: 0); // Environment.SetEnvironmentVariable does not affect native code
        }
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetNativeVariable(string name, string value, int overwrite);

    /// <summary>The path of a native library in the application's folder, or in one of the folders that the application's deps.json lists.</summary>
    private static string? FindLibrary(string library)
    {
        var name = OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
        var listed = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty;
        string[] folders = [AppContext.BaseDirectory, .. listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    /// <summary>Whether an assembly is in the application's folder. In a notebook it is in the package cache, where TorchSharp finds its library.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The empty location of a bundled assembly is one of the cases.")]
    private static bool IsInApplication(Assembly assembly)
        => assembly.Location.Length == 0 || Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory) == Path.GetDirectoryName(assembly.Location);

    private static string Explain(string file)
    {
        try
        {
            NativeLibrary.Load(file).ToString();
            return string.Empty;
        }
        catch (DllNotFoundException e) when (e.Message.Contains("GLIBCXX_", StringComparison.Ordinal))
        {
            return "The C++ runtime of this machine (libstdc++) is older than the library requires. "
                + "The build of an application that references the package IGptMl.Transforms adapts the library; this one was not built so. "
                + "Build it with that package's targets (its assets buildTransitive), or use a distribution with GCC 13 or newer.";
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            // On Unix, the message has a line of advice about debuggers, followed by a line with the cause.
            var lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return lines.Skip(1).FirstOrDefault() ?? lines[0];
        }
    }

    private static DllNotFoundException NotLoadable(string reason, Exception? inner)
        => new($"The native library of TorchSharp ({Library}) cannot be loaded. {reason}", inner);
}
