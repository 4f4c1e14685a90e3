using System.Runtime.InteropServices;

namespace IGptMl.Tests.Packages;

/// <summary>Uses the packages as their users do: from an empty folder and with an empty package cache.</summary>
[TestClass]
public sealed class PackagesTests
{
    private const string Backend = "TorchSharp-cpu", BackendVersion = "0.107.0";

    private const string Prediction = """
        if (args is [var path])
        {
            var context = new MLContext();
            var rows = context.Model.Load(path, out _).Transform(context.Data.LoadShapes(count: 3));
            Console.WriteLine(string.Join('|', Microsoft.ML.Data.ColumnCursorExtensions.GetColumn<string>(rows, "PredictedClass")));
            return;
        }

        """;

    private static PackageFeed? s_feed;

    private static PackageFeed Feed => s_feed ??= new PackageFeed();

    [ClassCleanup]
    public static void Cleanup() => s_feed?.Dispose();

    [TestMethod]
    public void Application_InAnEmptyFolder_RunsTheReadmesCode()
    {
        RequireLinux();
        var folder = CreateApplication("application");

        var (code, output) = Feed.TryRun(folder, Processes.DotNetProcess.Host, ["build", "-c", "Release"]);
        Assert.AreNotEqual(0, code);
        StringAssert.Contains(output, "error IGPTML001: The application has no native library of TorchSharp. Reference TorchSharp-cpu, or for NVIDIA GPUs");

        Feed.DotNet(folder, "add", "package", Backend, "--version", BackendVersion);
        Feed.DotNet(folder, "build", "-c", "Release", "--output", "out", "-warnaserror");
        var assembly = Path.Combine(folder, "out", "application.dll");
        StringAssert.EndsWith(Feed.DotNet(folder, assembly).Trim(), "nats per token");
        var classes = Feed.DotNet(folder, assembly, "classifier.zip").Trim().Split('|');
        Assert.HasCount(3, classes, "One for each picture.");
        Assert.IsTrue(Array.TrueForAll(classes, name => name.Length > 0));
        var libraries = Directory.GetFiles(Path.Combine(folder, "out"), "*torch*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path));
        string[] unwanted = ["torch_python", "win-", "osx-"];
        Assert.IsEmpty(libraries.Where(path => unwanted.Any(part => path.Contains(part, StringComparison.OrdinalIgnoreCase))));
    }

    [TestMethod]
    public void Application_OfASingleFile_NeedsNoProperties()
    {
        RequireLinux();
        var folder = Feed.CreateFolder("file");
        File.WriteAllText(Path.Combine(folder, "app.cs"), $"#:package IGptMl@{Feed.Version}\n#:package {Backend}@{BackendVersion}\n{Code()}");
        StringAssert.EndsWith(Feed.DotNet(folder, "run", "app.cs").Trim(), "nats per token");
        Assert.IsTrue(File.Exists(Path.Combine(folder, "classifier.zip")));
    }

    [TestMethod]
    public void Application_ThatIsTrimmed_SavesAndLoads()
    {
        RequireLinux();
        var folder = CreateApplication("trimmed");
        Feed.DotNet(folder, "add", "package", Backend, "--version", BackendVersion);
        var output = Feed.DotNet(folder, "publish", "--self-contained", "-r", RuntimeInformation.RuntimeIdentifier, "-p:PublishTrimmed=true",
            "-p:TrimmerSingleWarn=false", "-o", "out");
        Assert.IsEmpty(output.Split('\n').Where(line => line.Contains(": warning ", StringComparison.Ordinal)
            && line.Contains("IGptMl", StringComparison.Ordinal)), "Trimming warns of these libraries.");
        var application = Path.Combine(folder, "out", "trimmed");
        StringAssert.EndsWith(Feed.Run(folder, application, []).Trim(), "nats per token");
        Assert.HasCount(3, Feed.Run(folder, application, ["classifier.zip"]).Trim().Split('|'));
    }

    [TestMethod]
    public void Tool_InstalledFromTheFeed_Pretrains()
    {
        RequireLinux();
        var folder = Feed.CreateFolder("tool");
        Feed.DotNet(folder, "tool", "install", "--tool-path", "tools", "IGptMl.Cli", "--version", Feed.Version);
        var igpt = Path.Combine(folder, "tools", "igpt");
        StringAssert.Contains(Feed.Run(folder, igpt, ["pretrain", "--data", "shapes:32", "--steps", "2", "--out", "model.zip", "--json"]), "\"steps\": 2");
        Feed.Run(folder, igpt, ["evaluate", "--model", "model.zip", "--data", "shapes:8", "--json"]);
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(folder, "tools"), "*torch_python*", SearchOption.AllDirectories));
    }

    /// <summary>Creates an application of the README's code that references IGptMl, but no backend.</summary>
    private static string CreateApplication(string name)
    {
        var folder = Feed.CreateFolder(name);
        Feed.DotNet(folder, "new", "console", "--no-restore");
        File.WriteAllText(Path.Combine(folder, "Program.cs"), Code());
        Feed.DotNet(folder, "add", "package", "IGptMl", "--version", Feed.Version);
        return folder;
    }

    /// <summary>The packages are packed by a shell script.</summary>
    private static void RequireLinux()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("Linux only.");
        }
    }

    /// <summary>The code of the README with fewer steps. With the path of a zip, the program loads it and predicts.</summary>
    private static string Code()
    {
        var block = Feed.Readme.Split("```csharp")[1].Split("```")[0].Replace("steps: 60", "steps: 5", StringComparison.Ordinal);
        var lines = block.Split('\n').ToLookup(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('='));
        return string.Join('\n', [.. lines[true], Prediction, .. lines[false]]);
    }
}
