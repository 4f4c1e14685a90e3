using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Data;

/// <summary>The views with ML.NET's own operations.</summary>
[TestClass]
public sealed class ImageDataCatalogTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Cache_KeepsLabelsAndNames()
    {
        // ML.NET caches simple values and vectors only, and drops the image column.
        var view = Ml.Data.LoadShapes(15);
        var expected = Rows.Read(view);

        var cached = Ml.Data.Cache(view);

        for (var pass = 0; pass < 2; pass++)
        {
            CollectionAssert.AreEqual(expected.Select(r => r.Name).ToArray(), cached.GetColumn<string>("Name").ToArray());
            CollectionAssert.AreEqual(expected.Select(r => r.Label).ToArray(), cached.GetColumn<uint>("Label").ToArray());
        }
    }

    [TestMethod]
    public void CacheCheckpoint_AfterThePixels_HoldsThem()
    {
        var view = Ml.Data.LoadShapes(15);
        var pixels = Ml.Transforms.ExtractPixels("Pixels", "Image");

        var cached = Ml.Data.Cache(pixels.Fit(view).Transform(view), "Pixels");

        var (expected, actual) = (pixels.Fit(view).Transform(view).GetColumn<float[]>("Pixels").ToArray(), cached.GetColumn<float[]>("Pixels").ToArray());
        Assert.HasCount(15, actual);
        for (var i = 0; i < 15; i++)
        {
            CollectionAssert.AreEqual(expected[i], actual[i]);
        }
    }

    [TestMethod]
    public void TakeRowsAndSkipRows_GiveThatPart()
    {
        var view = Ml.Data.LoadShapes(15);

        Rows.AssertEqual(Rows.Read(view)[4..9], Rows.Read(Ml.Data.TakeRows(Ml.Data.SkipRows(view, 4), 5)));
    }

    [TestMethod]
    public void TrainTestSplit_PartsTheRows()
    {
        var view = Ml.Data.LoadShapes(60);

        var split = Ml.Data.TrainTestSplit(view, testFraction: 0.3, seed: 7);

        var (train, test) = (Rows.Read(split.TrainSet), Rows.Read(split.TestSet));
        Assert.IsGreaterThan(0, train.Count);
        Assert.IsGreaterThan(0, test.Count);
        Rows.AssertEqual(Rows.Read(view), [.. train.Concat(test).OrderBy(r => int.Parse(r.Name.Split('#')[1]))]);
    }

    [TestMethod]
    public void ShuffleRows_KeepsLabelsWithNames()
    {
        // ML.NET's pool supports simple values only and drops the image column.
        var view = Ml.Data.LoadShapes(40);
        var expected = Rows.Read(view).ToDictionary(r => r.Name, r => r.Label);

        var shuffled = Ml.Data.ShuffleRows(view, seed: 3);

        var names = shuffled.GetColumn<string>("Name").ToArray();
        var labels = shuffled.GetColumn<uint>("Label").ToArray();
        CollectionAssert.AreEquivalent(expected.Keys, names);
        CollectionAssert.AreNotEqual(expected.Keys, names);
        CollectionAssert.AreEqual(names.Select(n => expected[n]).ToArray(), labels);
    }

    [TestMethod]
    public void CreateEnumerable_ReadsRowByRow()
    {
        var view = Ml.Data.LoadShapes(5);
        var expected = Rows.Read(view);
        var i = 0;
        foreach (var row in Ml.Data.CreateEnumerable<Picture>(view, reuseRowObject: true))
        {
            Assert.AreEqual(expected[i].Name, row.Name);
            Assert.AreEqual(expected[i].Label, row.Label);
            CollectionAssert.AreEqual(expected[i].Rgb, Rows.Rgb(row.Image!));
            i++;
        }

        Assert.AreEqual(5, i);
    }

    [TestMethod]
    public void Preview_KeepsItsImages()
    {
        var preview = Ml.Data.LoadShapes(5).Preview(maxRows: 3);

        Assert.HasCount(3, preview.RowView);
        foreach (var row in preview.RowView)
        {
            Assert.AreEqual(32, ((MLImage)row.Values[0].Value).Width);
        }
    }

    [TestMethod]
    public void BuiltInImageTransforms_TakeTheImages()
    {
        var view = Ml.Data.LoadShapes(4);
        var expected = Rows.Read(view);

        var extract = Ml.Transforms.ExtractPixels("Pixels", "Image", interleavePixelColors: true);
        var pixels = extract.Fit(view).Transform(view).GetColumn<float[]>("Pixels").ToArray();

        Assert.HasCount(4, pixels);
        for (var i = 0; i < pixels.Length; i++)
        {
            CollectionAssert.AreEqual(expected[i].Rgb!.Select(b => (float)b).ToArray(), pixels[i]);
        }
    }

    [TestMethod]
    public void LinearClassifierOnPixels_DoesBadlyOnShapes()
    {
        // The built-in set is made so that colors at fixed positions say little about the class. Chance is 1 in 12.
        var pipeline = Ml.Transforms.ResizeImages("Small", 16, 16, "Image", ImageResizingEstimator.ResizingKind.Fill)
            .Append(Ml.Transforms.ExtractPixels("Features", "Small", offsetImage: 127.5f, scaleImage: 1 / 127.5f))
            .AppendCacheCheckpoint(Ml)
            .Append(Ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy());

        var model = pipeline.Fit(Ml.Data.LoadShapes(1200, seed: 1));
        var metrics = Ml.MulticlassClassification.Evaluate(model.Transform(Ml.Data.LoadShapes(600, seed: 2)));

        Assert.IsLessThan(0.35, metrics.MicroAccuracy);
        Assert.IsGreaterThan(0.1, metrics.MicroAccuracy);
    }

    private sealed class Picture
    {
        [ImageType(32, 32)]
        public MLImage? Image { get; set; }

        [KeyType(12)]
        public uint Label { get; set; }

        public string Name { get; set; } = "";
    }
}
