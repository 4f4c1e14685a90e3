using IGptMl.Formats;
using IGptMl.Tests.Data;

namespace IGptMl.Tests.Cli.Commands;

/// <summary>Every command that takes images reports the good ones, names the bad ones, and ends with the exit code for that.</summary>
[TestClass]
public sealed class PartialResultTests
{
    [TestMethod]
    [DataRow("evaluate --model MODEL --data DATA --json", "images")]
    [DataRow("features --model MODEL --data DATA --out DIR/f.npy --json", null)]
    [DataRow("features --model MODEL --data DATA --out DIR/f.csv --json", null)]
    [DataRow("quantize --model MODEL --data DATA --out DIR/t.npy --json", null)]
    [DataRow("complete --model MODEL --data DATA --completions 1 --out DIR/completed --json", "images")]
    [DataRow("palette fit --colors 2 --pixels 1000 --data DATA --out DIR/p.npy --json", null)]
    [DataRow("palette show --palette PALETTE --data DATA --out DIR/p.png --json", null)]
    [DataRow("pretrain --data DATA --steps 1 --out DIR/m.zip --json SIZES", null)]
    [DataRow("pretrain --data DATA --validation DATA --test DATA --crop random --crops 2 --cache-file DIR/tokens --steps 1 --out DIR/m.zip --json SIZES", null)]
    [DataRow("finetune --model MODEL --data DATA --test DATA --validation-fraction 0 --steps 1 --out DIR/c.zip --json", null)]
    [DataRow("probe --model MODEL --data DATA --test DATA --l2 1 --out DIR/c.zip --json", null)]
    [DataRow("low-data --model MODEL --data DATA --test DATA --l2 1 --labels 2 --seeds 1 --json", null)]
    [DataRow("report --model MODEL --data DATA --test DATA --l2 1 --no-low-data --out DIR/report --json", null)]
    public void GoodImages_AreReportedAndBadOnesNamed(string arguments, string? list)
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var run = Run(folder, folder.Combine("images"), arguments);
        var json = run.Json(code: 3);
        CollectionAssert.AreEquivalent(
            new[] { "cat/empty.png", "dog/page.jpg" },
            json.GetProperty("skipped").EnumerateArray().Select(image => image.GetProperty("file").GetString()).Distinct().ToArray());
        StringAssert.Contains(run.Error, "empty.png' cannot be read as an image: it is empty. It is skipped.");
        StringAssert.Contains(run.Error, "of the images could not be read; the result is that of the others.");
        Assert.AreEqual(4, list is null ? 4 : json.GetProperty(list).GetArrayLength());
        if (list is null && json.TryGetProperty("images", out var images) && images.ValueKind == System.Text.Json.JsonValueKind.Number)
        {
            Assert.AreEqual(4, images.GetInt32());
        }

        foreach (var npy in Directory.GetFiles(folder.Path, "?.npy").Where(path => !path.EndsWith("p.npy", StringComparison.Ordinal)))
        {
            Assert.AreEqual(4, NpyFormat.Read(npy).Header.Shape[0], npy);
        }
    }

    [TestMethod]
    public void List_WithAMissingFile_GivesTheOthers()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var list = folder.Write("list.csv", [.. "path,label\nimages/cat/1.png,cat\nimages/cat/gone.png,cat\nimages/dog/1.png,dog\n"u8]);
        var run = Run(folder, $"csv:{list}", "evaluate --model MODEL --data DATA --json");
        Assert.AreEqual(2, run.Json(code: 3).GetProperty("images").GetArrayLength());
        StringAssert.Contains(run.Error, "gone.png' cannot be read as an image: it does not exist.");
    }

    [TestMethod]
    public void OneImageFile_IsTakenLikeAFolder()
    {
        using var folder = new TemporaryFolder();
        Write(folder);
        var image = folder.Combine("images", "cat", "1.png");
        foreach (var arguments in (string[])["evaluate --model MODEL --data DATA --json", "features --model MODEL --data DATA --out DIR/f.npy --json",
            "quantize --model MODEL --data DATA --out DIR/t.npy --json", "complete --model MODEL --data DATA --out DIR/c --json",
            "palette show --palette PALETTE --data DATA --out DIR/p.png --json", "palette fit --colors 2 --pixels 1000 --data DATA --out DIR/q.npy --json"])
        {
            Run(folder, image, arguments).Json();
        }

        Run(folder, folder.Combine("images", "cat", "empty.png"), "evaluate --model MODEL --data DATA")
            .AssertFails(1, "empty.png' cannot be read as an image: it is empty.");
        Run(folder, folder.Write("list.csv", []), "evaluate --model MODEL --data DATA").AssertFails(2, "list.csv' is a list, not an image; expected csv:");
    }

    [TestMethod]
    [DataRow("quantize --model MODEL --data DATA --out DIR/t", "ends in .npy")]
    [DataRow("features --model MODEL --data DATA --out DIR/f.txt", "ends in .npy or .csv or .idv")]
    [DataRow("pretrain --data DATA --out DIR/m SIZES", "ends in .zip")]
    [DataRow("finetune --model MODEL --data DATA --out DIR/c.npy", "ends in .zip")]
    [DataRow("probe --model MODEL --data DATA --test DATA --out DIR/c", "ends in .zip")]
    [DataRow("import MODEL --out DIR/m", "ends in .zip")]
    [DataRow("palette fit --data DATA --out DIR/p", "ends in .npy")]
    [DataRow("palette show --palette PALETTE --out DIR/p", "ends in .png")]
    [DataRow("complete --model MODEL --data DATA --out DIR/c.png", "expected a folder")]
    [DataRow("sample --model MODEL --out DIR/s.png", "expected a folder")]
    [DataRow("report --model MODEL --data DATA --test DATA --out DIR/r.html", "expected a folder")]
    [DataRow("evaluate --model MODEL --data DATA --surprise-maps DIR/s.png", "expected a folder")]
    public void Output_WithTheNameOfAnotherForm_IsWrongUsage(string arguments, string expected)
    {
        using var folder = new TemporaryFolder();
        Run(folder, "shapes:24", arguments).AssertFails(2, expected);
    }

    private static void Write(TemporaryFolder folder)
    {
        for (var i = 1; i <= 2; i++)
        {
            folder.WriteImage($"images/cat/{i}.png", 6, 4, ((byte)(200 + i), 30, 90));
            folder.WriteImage($"images/dog/{i}.png", 6, 4, (20, (byte)(130 + i), 90));
        }

        folder.Write("images/cat/empty.png", []);
        folder.Write("images/dog/page.jpg", [.. "<html><body>404</body></html>"u8]);
    }

    private static CommandLine Run(TemporaryFolder folder, string data, string arguments)
        => CommandLine.Run([.. arguments.Split(' ').SelectMany(word => word switch
    {
        "MODEL" => [TinyModel.ZipPath],
        "DATA" => [data],
        "PALETTE" => [IGptMl.Tests.Images.ProcessorReference.PalettePath],
        "SIZES" => TinyModel.Sizes,
        _ => (string[])[word.Replace("DIR", folder.Path, StringComparison.Ordinal)],
    })]);
}
