using IGptMl.Formats;
using IGptMl.Tests.Data;
using IGptMl.Tests.Models;

namespace IGptMl.Tests.Cli.Commands;

[TestClass]
public sealed class PaletteRangeOptionTests
{
    [TestMethod]
    public void Quantize_BlackAndWhiteFromZeroToOne_GrayIsNearerWhite()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("images/gray.png", 4, 4, (150, 150, 150));
        var (zeroToOne, minusOneToOne) = (WritePalette(folder, 0, 1), WritePalette(folder, -1, 1));
        var (token, error) = Quantize(zeroToOne);
        Assert.AreEqual(1, token);
        StringAssert.Contains(error, "--palette-range -1..1");
        AssertQuiet(1, Quantize(zeroToOne, "--palette-range", "0..1"));
        AssertQuiet(0, Quantize(zeroToOne, "--palette-range", "-1..1")); // its black is a gray of 127.5, which is nearer
        AssertQuiet(1, Quantize(minusOneToOne));
        AssertQuiet(1, Quantize(minusOneToOne, "--palette-range=-1..1"));
        AssertQuiet(1, Quantize(WritePalette(folder, 0, 255)));

        static void AssertQuiet(int token, (ushort Token, string Error) actual)
        {
            Assert.AreEqual(token, actual.Token);
            Assert.DoesNotContain("--palette-range", actual.Error);
        }

        (ushort Token, string Error) Quantize(string palette, params string[] range)
        {
            var path = folder.Combine("t.npy");
            var run = CommandLine.Run(["quantize", "--data", folder.Combine("images"), "--palette", palette, "--image-size", "4", "--out", path, .. range]);
            Assert.AreEqual(0, run.Code, run.Error);
            return (NpyFormat.Read(path).Values<ushort>().ToArray().Distinct().Single(), run.Error);
        }
    }

    [TestMethod]
    [DataRow("evaluate", "--data")]
    [DataRow("sample", "--count")]
    [DataRow("import", "--out")]
    [DataRow("export", "--format")]
    public void ModelFolder_WithClustersFromZeroToOne_IsNeverTakenInSilence(string command, string option)
    {
        using var folder = new TinyFolder();
        folder.Edit("preprocessor_config.json", json =>
        {
            foreach (var color in json["clusters"]!.AsArray())
            {
                for (var i = 0; i < 3; i++)
                {
                    color![i] = ((double)color[i]! + 1) / 2;
                }
            }
        });
        var path = folder.Path;
        string[] arguments = option switch
        {
            "--data" => ["--model", path, option, "shapes:1"],
            "--count" => ["--model", path, option, "1", "--out", folder.Combine("pictures")],
            "--out" => [path, option, folder.Combine("model.zip")],
            _ => ["--model", path, option, "huggingface", "--out", folder.Combine("exported")],
        };
        var run = CommandLine.Run([command, .. arguments]);
        Assert.AreEqual(0, run.Code, run.Error);
        Assert.HasCount(1, run.ErrorLines.Where(line => line.Contains("--palette-range", StringComparison.Ordinal)).ToArray(), run.Error);
    }

    [TestMethod]
    public void PaletteRange_Unknown_NamesTheKnownOnes()
        => CommandLine.Run("palette", "show", "--palette", "p.npy", "--out", "p.png", "--palette-range", "0..2")
            .AssertFails(2, "--palette-range is '0..2'; expected -1..1 or 0..1 or 0..255.");

    [TestMethod]
    public void PaletteFit_OnlyLightColors_SaysWhichRangeToGive()
    {
        using var folder = new TemporaryFolder();
        folder.WriteImage("images/a.png", 32, 32, (250, 250, 250));
        folder.WriteImage("images/b.png", 32, 32, (200, 210, 220));
        var run = CommandLine.Run("palette", "fit", "--data", folder.Combine("images"), "--colors", "2", "--pixels", "1000", "--out", folder.Combine("p.npy"));
        Assert.AreEqual(0, run.Code, run.Error);
        StringAssert.Contains(run.Error, "--palette-range -1..1");
    }

    private static string WritePalette(TemporaryFolder folder, float black, float white)
    {
        var path = folder.Combine($"palette{black}to{white}.npy");
        using var stream = File.Create(path);
        NpyFormat.Write(stream, [black, black, black, white, white, white], 2, 3);
        return path;
    }
}
