using System.Runtime.InteropServices;
using System.Text;

namespace IGptMl.BuildTools;

/// <summary>The C++ runtime library that this machine's loader finds.</summary>
internal static class CxxRuntime
{
    private const string Name = "libstdc++.so.6";

    /// <summary>Whether the library defines <paramref name="version"/>, such as GLIBCXX_3.4.32; true where there is none to ask.</summary>
    public static bool Provides(string version)
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(Name, out _))
        {
            return true;
        }

        // The loader's own choice, rather than a guess at its search path.
        var path = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/') is var at and >= 0 ? line[at..] : string.Empty)
            .FirstOrDefault(file => Path.GetFileName(file).StartsWith(Name, StringComparison.Ordinal));
        return path is null || File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + '\0')) >= 0;
    }
}
