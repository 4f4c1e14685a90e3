using System.Runtime.InteropServices;
using System.Text;

namespace IGptMl.BuildTools;

/// <summary>The C++ runtime library that this machine's loader finds.</summary>
internal static class CxxRuntime
{
    private const string Name = "libstdc++.so.6";

    /// <summary>Whether the library defines the symbol version <paramref name="version"/>, such as GLIBCXX_3.4.32. True if no library is found.</summary>
    public static bool Provides(string version)
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Name, out _))
        {
            return true;
        }

        // The path that the loader has chosen, instead of a reimplementation of its search.
        var path = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/') is var at and >= 0 ? line[at..] : string.Empty)
            .FirstOrDefault(file => Path.GetFileName(file).StartsWith(Name, StringComparison.Ordinal));
        return path is null || File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + '\0')) >= 0;
    }
}
