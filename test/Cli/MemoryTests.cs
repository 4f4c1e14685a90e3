using IGptMl.Tests.Data;
using IGptMl.Tests.Processes;

namespace IGptMl.Tests.Cli;

/// <summary>The memory of a command does not grow with the number of image files.</summary>
[TestClass]
public sealed class MemoryTests
{
    private const int Side = 1200;
    private const string HeapLimit = "0x18000000"; // 400 MB, so that what the garbage collector has not collected yet does not count

    private const int Few = 8;
    private const int Many = 72;

    [TestMethod]
    [DataRow("predict --classifier CLASSIFIER DATA")]
    [DataRow("quantize --model MODEL --data DATA --out OUT/t.npy")]
    [DataRow("complete --model MODEL --data DATA --limit 100 --completions 1 --input-size --out OUT")]
    public void Peak_OfManyFiles_IsThatOfAFew(string arguments)
    {
        using var folder = new TemporaryFolder();
        var first = WriteNoise(folder);
        foreach (var (name, count) in new[] { ("few", Few), ("many", Many) })
        {
            Directory.CreateDirectory(folder.Combine(name));
            for (var i = 0; i < count; i++)
            {
                File.Copy(first, folder.Combine(name, $"{i}.png"));
            }
        }

        var classifier = folder.Combine("classifier.zip");
        if (arguments.Contains("CLASSIFIER", StringComparison.Ordinal))
        {
            var run = CommandLine.Run("probe", "--model", TinyModel.ZipPath, "--data", "shapes:48", "--test", "shapes:24", "--l2", "1", "--out", classifier);
            Assert.AreEqual(0, run.Code, run.Error);
        }

        var (few, many) = (Peak("few"), Peak("many"));
        var images = (Many - Few) * (4L * Side * Side);
        Assert.IsLessThan(images / 3, many - few, $"{few / 1e6:N0} MB for {Few} files, {many / 1e6:N0} MB for {Many}");

        long Peak(string name)
        {
            string[] words = [.. arguments.Split(' ').Select(word => word
                .Replace("CLASSIFIER", classifier, StringComparison.Ordinal)
                .Replace("MODEL", TinyModel.ZipPath, StringComparison.Ordinal)
                .Replace("DATA", folder.Combine(name), StringComparison.Ordinal)
                .Replace("OUT", folder.Path, StringComparison.Ordinal))];
            return PeakOf(words);
        }
    }

    private static long PeakOf(string[] arguments)
    {
        using var process = DotNetProcess.Start(Path.Combine(AppContext.BaseDirectory, "igpt.dll"), arguments, ("DOTNET_GCHeapHardLimit", HeapLimit));
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        long peak = 0;
        while (!process.WaitForExit(10))
        {
            process.Refresh();
            try
            {
                peak = Math.Max(peak, process.WorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // The process has ended between the wait and the reading.
            }
        }

        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, $"{output.Result}{error.Result}");
        return peak;
    }

    /// <summary>An image that hardly compresses: the file is as large as its pixels.</summary>
    private static string WriteNoise(TemporaryFolder folder)
    {
        var pixels = new byte[4 * Side * Side];
        new Random(1).NextBytes(pixels);
        for (var i = 3; i < pixels.Length; i += 4)
        {
            pixels[i] = byte.MaxValue;
        }

        var path = folder.Combine("noise.png");
        using var image = Microsoft.ML.Data.MLImage.CreateFromPixels(Side, Side, Microsoft.ML.Data.MLPixelFormat.Rgba32, pixels);
        image.Save(path);
        return path;
    }
}
