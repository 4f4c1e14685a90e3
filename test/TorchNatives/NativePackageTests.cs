using System.Diagnostics;
using System.Text.Json;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.TorchNatives;

/// <summary>The native packages that an application references, by evaluation of its project.</summary>
[TestClass]
public sealed class NativePackageTests
{
    private const string Torch = "TorchSharp-";

    [TestMethod]
    [DataRow("", "TorchSharp-cpu")]
    [DataRow("-p:TorchBackend=cuda -p:OS=Unix", "TorchSharp-cuda-linux")]
    [DataRow("-p:TorchBackend=cuda -p:OS=Windows_NT", "TorchSharp-cuda-windows")]
    [DataRow("-p:TorchBackend=none", "")]
    public void TorchBackend_Given_ChoosesThePackage(string properties, string expected)
        => Assert.AreEqual(expected, string.Join(", ", Packages(properties).Where(name => name.StartsWith(Torch, StringComparison.Ordinal))));

    [TestMethod]
    public void MicrosoftMLTorchSharp_OnlyWhereAskedFor_IsReferenced()
    {
        const string package = "Microsoft.ML.TorchSharp";
        Assert.Contains(package, Packages("-p:UseMicrosoftMLTorchSharp=true"));
        Assert.DoesNotContain(package, Packages("-p:TorchBackend=cpu"));
    }

    [TestMethod]
    public void ApplicationOutsideTheRepository_ImportingTheTargets_GetsThePackagesWithVersions()
    {
        using var folder = new TemporaryFolder();
        var project = folder.Combine("app.csproj");
        File.WriteAllText(project, $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
              </PropertyGroup>
              <Import Project="{Path.Combine(FindRoot(), "eng", "TorchNatives.targets")}" />
            </Project>
            """);
        var items = Evaluate(project, string.Empty);
        var packages = items.Select(item => item.GetProperty("Identity").GetString()).Order().ToArray();
        CollectionAssert.AreEqual((string[])["TorchSharp-cpu"], packages);
        Assert.IsTrue(items.All(item => item.GetProperty("Version").GetString()!.Length > 0));
    }

    private static List<string> Packages(string properties)
    {
        var project = Path.Combine(FindRoot(), "samples", "QuickStart", "QuickStart.csproj");
        return [.. Evaluate(project, properties).Select(item => item.GetProperty("Identity").GetString()!)];
    }

    private static List<JsonElement> Evaluate(string project, string properties)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { "msbuild", project, "-getItem:PackageReference", "-nodeReuse:false" },
            RedirectStandardOutput = true,
        };
        foreach (var property in properties.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            start.ArgumentList.Add(property);
        }

        start.Environment.Remove("TorchBackend");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output);
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray().Select(item => item.Clone())];
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Directory.Packages.props")))
            {
                return folder.FullName;
            }
        }

        throw new AssertFailedException("The tests do not run below the repository, whose project they look at.");
    }
}
