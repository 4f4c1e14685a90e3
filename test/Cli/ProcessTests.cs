using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Formats;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Cli;

/// <summary>The tool in its own process, as users start it.</summary>
[TestClass]
public sealed class ProcessTests
{
    [TestMethod]
    public void Process_ModelOfAnotherProcess_GivesBitEqualFeatures()
    {
        using var folder = new TemporaryFolder();
        var (here, there) = (folder.Combine("here.npy"), folder.Combine("there.npy"));
        string[] arguments = ["features", "--model", TinyModel.ZipPath, "--data", "shapes:20", "--out"];
        Assert.AreEqual(0, CommandLine.Run([.. arguments, here]).Code);
        var run = Start([.. arguments, there, "--json"]);
        Assert.AreEqual(0, run.Code, run.Error);
        Assert.AreEqual(20, JsonDocument.Parse(run.Output).RootElement.GetProperty("images").GetInt32());
        Assert.AreEqual("(20, 16)", NpyFormat.Read(there).Header.ShapeText);
        CollectionAssert.AreEqual(File.ReadAllBytes(here), File.ReadAllBytes(there));
    }

    [TestMethod]
    public void Process_ClassifierOfAnotherProcess_PredictsFromTheBytesOfFiles()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, color) in ((string, (byte, byte, byte))[])[("red", (220, 30, 30)), ("blue", (30, 30, 220))])
        {
            for (byte i = 0; i < 12; i++)
            {
                folder.WriteImage($"data/{name}/{i}.png", 6, 6, ((byte)(color.Item1 + i), (byte)(color.Item2 + i), (byte)(color.Item3 + i)));
            }
        }

        var (data, zip) = (folder.Combine("data"), folder.Combine("classifier.zip"));
        var probe = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", data, "--test", data, "--l2", "1", "--out", zip);
        Assert.AreEqual(0, probe.Code, probe.Error);
        var run = Start("predict", "--classifier", zip, folder.Combine("data", "red", "3.png"), folder.Combine("data", "blue", "4.png"), "--json");
        Assert.AreEqual(0, run.Code, run.Error);
        var predictions = JsonDocument.Parse(run.Output).RootElement.GetProperty("predictions").EnumerateArray().ToArray();
        CollectionAssert.AreEqual((string[])["red", "blue"], predictions.Select(line => line.GetProperty("predicted_class").GetString()).ToArray());
        Assert.IsTrue(predictions.All(line => line.GetProperty("score").GetDouble() is > 0.5 and <= 1));
    }

    [TestMethod]
    public void Process_WrongUsage_EndsWithTwoAndOneLine() => Start("pretrain", "--data", "nowhere", "--out", "x.zip").AssertFails(2, "'nowhere'");

    [TestMethod]
    [DataRow(null, "The application has no native library of TorchSharp for this machine")]
    [DataRow("no library", "invalid ELF header|file too short|not a mach-o file|%1 is not a valid")]
    public void Process_NativeLibraryThatCannotLoad_EndsWithOneLine(string? content, string reasons)
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, folder.Combine(Path.GetFileName(file)));
        }

        if (content is not null)
        {
            var library = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
            folder.Write(library, Encoding.UTF8.GetBytes(content.PadRight(1000)));
        }

        var run = StartIn(folder.Path, "evaluate", "--model", TestData.PathOf("tiny"), "--data", "shapes:2", "--json");
        run.AssertFails(1, "The native library of TorchSharp (LibTorchSharp) cannot be loaded.");
        Assert.AreEqual(string.Empty, run.Output);
        Assert.IsTrue(reasons.Split('|').Any(reason => run.Error.Contains(reason, StringComparison.OrdinalIgnoreCase)), run.Error);
    }

    [TestMethod]
    public void Process_CtrlC_SavesTheModelSoFar()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("Windows has no signal that one process can send to another alone.");
        }

        using var folder = new TemporaryFolder();
        var path = folder.Combine("model.zip");
        using var process = Launch(["pretrain", "--data", "shapes:12", "--steps", "100000000", "--out", path, .. TinyModel.Sizes], AppContext.BaseDirectory);
        var output = process.StandardOutput.ReadToEndAsync();
        while (process.StandardError.ReadLine() is { } line && !line.StartsWith("Reading the images", StringComparison.Ordinal))
        {
        }

        Thread.Sleep(3000); // enough for the first steps, even on a busy machine
        Assert.AreEqual(0, Kill(process.Id, 15)); // SIGTERM acts like Ctrl-C, but background jobs do not ignore it
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(130, process.ExitCode, error);
        StringAssert.Contains(error, "the model so far is saved");
        StringAssert.Contains(output.Result, "of 100,000,000");
        Assert.IsTrue(File.Exists(path));
    }

    private static CommandLine Start(params string[] arguments) => StartIn(AppContext.BaseDirectory, arguments);

    private static CommandLine StartIn(string folder, params string[] arguments)
    {
        using var process = Launch(arguments, folder);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new CommandLine(process.ExitCode, output.Result, error);
    }

    private static Process Launch(string[] arguments, string folder) => DotNetProcess.Start(Path.Combine(folder, "igpt.dll"), arguments);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
