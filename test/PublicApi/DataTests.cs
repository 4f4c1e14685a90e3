using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.PublicApi.Tests;

/// <summary>Sources of images, and formats to which columns are saved.</summary>
[TestClass]
public sealed class DataTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void FolderListAndFiles_OfTheSamePhotos_GiveTheSameTokens()
    {
        using var folder = new WorkFolder();
        var photos = folder.WritePhotos("photos");
        var files = Directory.GetFiles(photos, "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        File.WriteAllLines(folder.Combine("list.csv"), ["path,label", .. files.Select(file => $"{file},{Path.GetFileName(Path.GetDirectoryName(file))}")]);
        var decoded = _ml.Data.LoadFromEnumerable(files.Select(file => new PhotoFile { Path = file }));
        var expected = Tokens(_ml.Data.LoadImageFolder(photos));
        Assert.HasCount(8 * 16, expected);
        CollectionAssert.AreEqual(expected, Tokens(_ml.Data.LoadImageList(folder.Combine("list.csv"))));
        CollectionAssert.AreEqual(expected, Tokens(_ml.Transforms.DecodeImages("Image", nameof(PhotoFile.Path)).Fit(decoded).Transform(decoded)));
    }

    [TestMethod]
    public void Cifar10_ItsBinaryVersion_IsRead()
    {
        using var folder = new WorkFolder();
        File.WriteAllLines(folder.Combine("batches.meta.txt"), Enumerable.Range(0, 10).Select(i => $"class{i}"));
        File.WriteAllBytes(folder.Combine("test_batch.bin"),
            [.. Enumerable.Range(0, 4).SelectMany(i => (byte[])[(byte)i, .. Enumerable.Repeat((byte)(60 * i), 3072)])]);
        var images = _ml.Data.LoadCifar10(folder.Path, CifarSplit.Test);
        CollectionAssert.AreEqual(new uint[] { 1, 2, 3, 4 }, images.GetColumn<uint>("Label").ToArray());
        Assert.AreEqual("test_batch.bin#0", images.GetColumn<string>("Name").First());
    }

    [TestMethod]
    public void TokenFiles_BothForms_KeepTheTokens()
    {
        using var folder = new WorkFolder();
        var tokens = Quantize(_ml.Data.LoadShapes(6));
        _ml.Data.SaveTokens(tokens, folder.Combine("shapes.tokens"), labelColumnName: "Label");
        _ml.Data.SaveAsNpy(tokens, folder.Combine("tokens.npy"), "Tokens");
        _ml.Data.SaveAsNpy(tokens, folder.Combine("labels.npy"), "Label");
        var expected = tokens.GetColumn<ushort[]>("Tokens").SelectMany(row => row).ToArray();
        foreach (var loaded in new[]
        {
            _ml.Data.LoadTokens(folder.Combine("shapes.tokens")),
            _ml.Data.LoadTokenArray(folder.Combine("tokens.npy"), folder.Combine("labels.npy"), Tiny.Palette),
        })
        {
            CollectionAssert.AreEqual(expected, loaded.GetColumn<ushort[]>("Tokens").SelectMany(row => row).ToArray());
            CollectionAssert.AreEqual(tokens.GetColumn<uint>("Label").ToArray(), loaded.GetColumn<uint>("Label").ToArray());
        }
    }

    [TestMethod]
    public void RepeatedAndTrackedRows_TellHowFarAPassIs()
    {
        RowProgress last = default;
        var progress = new Reporter<RowProgress>(value => last = value);
        var images = _ml.Data.TrackRows(_ml.Data.RepeatRows(_ml.Data.LoadShapes(5), 3), progress);
        Assert.HasCount(15 * 16, Tokens(images));
        Assert.AreEqual((15L, 15L), (last.Done, last.Total));
    }

    [TestMethod]
    public void Palette_OfImages_IsLearnedMeasuredSavedAndDrawn()
    {
        using var folder = new WorkFolder();
        var images = _ml.Data.LoadShapes(20);
        var quantizer = _ml.Transforms.QuantizeToPalette("Tokens", "Image", new() { ImageSize = 8, Colors = 16, Seed = 1 }).Fit(images);
        quantizer.Palette.Save(folder.Combine("palette.npy"));
        Assert.AreEqual(quantizer.Palette, Palette.Load(folder.Combine("palette.npy")));
        Assert.AreEqual(quantizer.Palette, Palette.FromCenters(quantizer.Palette.Centers.Span));
        using (var chart = File.Create(folder.Combine("palette.png")))
        {
            var error = PaletteChart.Write(chart, quantizer.Palette, images, imageSize: 8)!.MeanColorError;
            Assert.IsTrue(error is > 1 and < 40, $"{error}");
        }

        using var drawn = MLImage.CreateFromFile(folder.Combine("palette.png"));
        Assert.IsGreaterThan(100, drawn.Height);
        var tokens = quantizer.Transform(images);
        var decoded = _ml.Transforms.DecodeFromPalette("Decoded", "Tokens").Fit(tokens).Transform(tokens);
        using var grid = ImageGrid.Create(decoded, ["Decoded"], maximumRows: 1, scale: 1, gap: 0);
        Assert.AreEqual((8, 8), (grid.Width, grid.Height));
    }

    private IDataView Quantize(IDataView images)
        => _ml.Transforms.QuantizeToPalette("Tokens", "Image", Tiny.Palette, imageSize: 4).Fit(images).Transform(images);

    private ushort[] Tokens(IDataView images) => [.. Quantize(images).GetColumn<ushort[]>("Tokens").SelectMany(row => row)];

    private sealed class PhotoFile
    {
        public string Path { get; set; } = string.Empty;
    }
}
