namespace IGptMl.Tests.Cli;

/// <summary>A model that the tool has pretrained for three steps, once for all tests.</summary>
internal static class TinyModel
{
    /// <summary>4x4 pixels, 8 colors, d 8, one layer.</summary>
    internal static readonly string[] Sizes = SizesOf(headSize: 4);

    private static readonly Lazy<string> File = new(() => Pretrain("autoregressive", headSize: 4));
    private static readonly Lazy<string> MaskedFile = new(() => Pretrain("masked", headSize: 32));

    internal static string ZipPath => File.Value;

    /// <summary>A masked model, with head size 32.</summary>
    internal static string MaskedZipPath => MaskedFile.Value;

    /// <summary>The same sizes with another head size.</summary>
    internal static string[] SizesOf(int headSize)
        => ["--image-size", "4", "--colors", "8", "--embedding-size", $"{2 * headSize}", "--layers", "1", "--heads", "2", "--batch-size", "4"];

    private static string Pretrain(string objective, int headSize)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("igptml-").FullName, "model.zip");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        var run = CommandLine.Run(["pretrain", "--data", "shapes:60", "--steps", "3", "--objective", objective, "--out", path, .. SizesOf(headSize)]);
        Assert.AreEqual(0, run.Code, run.Error);
        return path;
    }
}
