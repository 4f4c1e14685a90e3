using System.Diagnostics;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Packages;

/// <summary>All packages, packed from a copy of the sources into a folder, and an empty package cache. Applications are created beside them.</summary>
internal sealed class PackageFeed : IDisposable
{
    private static readonly string[] LeftOut = ["bin", "obj"];

    private readonly string _root = Directory.CreateTempSubdirectory("igptml-packages-").FullName;

    internal PackageFeed()
    {
        var sources = FindSources() ?? throw new AssertInconclusiveException("The sources are not there.");
        var copy = Path.Combine(_root, "sources");
        foreach (var folder in (string[])["src", "eng"])
        {
            CopyFolder(Path.Combine(sources, folder), Path.Combine(copy, folder));
        }

        foreach (var file in Directory.GetFiles(sources).Where(file => Path.GetFileName(file) is not ("IGptMl.sln" or "README.md")))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        Readme = File.ReadAllText(Path.Combine(sources, "README.md"));
        Run(copy, "bash", ["eng/pack.sh", Folder], usesOwnCache: false);
    }

    /// <summary>The folder of the packages.</summary>
    internal string Folder => Path.Combine(_root, "feed");

    /// <summary>The version of the packages.</summary>
    internal string Version => Path.GetFileNameWithoutExtension(Directory.GetFiles(Folder, "IGptMl.?.*.nupkg").Single())["IGptMl.".Length..];

    /// <summary>The text of the repository's README.</summary>
    internal string Readme { get; }

    /// <summary>Creates an empty folder whose applications get packages from the feed, beside the sources that are configured.</summary>
    internal string CreateFolder(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "nuget.config"),
            $"""<configuration><packageSources><add key="igptml" value="{Folder}" /></packageSources></configuration>""");
        return folder;
    }

    /// <summary>Runs dotnet, and fails unless it succeeds. Returns what it printed.</summary>
    internal string DotNet(string folder, params IEnumerable<string> arguments) => Run(folder, DotNetProcess.Host, arguments);

    /// <summary>Runs a command, and fails unless it succeeds. Returns what it printed.</summary>
    internal string Run(string folder, string command, IEnumerable<string> arguments, bool usesOwnCache = true)
    {
        var (code, output) = TryRun(folder, command, arguments, usesOwnCache);
        Assert.AreEqual(0, code, $"{command} {string.Join(' ', arguments)}: {output}");
        return output;
    }

    /// <summary>Runs a command. Returns its exit code and what it printed.</summary>
    internal (int Code, string Output) TryRun(string folder, string command, IEnumerable<string> arguments, bool usesOwnCache = true)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["PATH"] = Path.GetDirectoryName(DotNetProcess.Host) + Path.PathSeparator + start.Environment["PATH"];
        if (usesOwnCache)
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_root, "cache");
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string? FindSources()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "IGptMl.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.GetDirectories(from).Where(folder => !LeftOut.Contains(Path.GetFileName(folder))))
        {
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
