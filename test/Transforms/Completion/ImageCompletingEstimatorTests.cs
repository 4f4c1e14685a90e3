using System.Text;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace IGptMl.Tests.Completion;

[TestClass]
public sealed class ImageCompletingEstimatorTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly ImageGptModel _model = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette);

    public void Dispose() => _model.Dispose();

    [TestMethod]
    public void Completed_ByDefault_KeepsTheUpperHalfInThePalettesColors()
    {
        var data = ImageRows.Create(12, size: 4);
        var tokens = RowValues.Read(_context.Transforms.QuantizeToPalette("Tokens", "Image", _model).Fit(data).Transform(data), ["Tokens"]);
        var completed = Complete(data, new(), "Completed");
        var differ = 0;
        for (var row = 0; row < 12; row++)
        {
            for (var i = 0; i < 16; i++)
            {
                var (red, green, blue) = _model.Palette!.GetColor((int)tokens[row].Values[i] - 1);
                var equal = Pixel(completed[row], i) == (red, green, blue);
                Assert.IsTrue(equal || i >= 8, $"{row}, {i}");
                differ += equal ? 0 : 1;
            }
        }

        Assert.IsGreaterThan(12, differ, "The lower half is drawn.");
    }

    [TestMethod]
    public void Kept_ByRowsByNumbersAndByRectangle_IsWhatItSays()
    {
        AssertKept(new() { KeptRegion = KeptRegion.Rows(3) }, "1111 1111 1111 0000");
        AssertKept(new() { KeptRegion = KeptRegion.Rows(0) }, "0000 0000 0000 0000");
        AssertKept(new() { KeptRegion = KeptRegion.Rows(4) }, "1111 1111 1111 1111");
        AssertKept(new() { KeptRegion = KeptRegion.RowNumbers(2, 0) }, "1111 0000 1111 0000");
        AssertKept(new() { KeptRegion = KeptRegion.Rectangle(1, 0, 2, 3) }, "0110 0110 0110 0000");
        AssertKept(new(), "1111 1111 0000 0000");
    }

    [TestMethod]
    public void Completed_AtTheInputsSize_LeavesWhatIsKeptAsItWas()
    {
        // 10 x 7 pixels on 4 x 4: a pixel belongs to the model's pixel that contains its center.
        var image = ImageRows.Random(10, 7, 5);
        var composed = Complete(ImageRows.Of(image), new() { Size = CompletionSize.Input }, "Completed")[0];
        var drawn = 0;
        CollectionAssert.AreEqual((double[])[10, 7], composed.Values[..2]);
        for (var y = 0; y < 7; y++)
        {
            for (var x = 0; x < 10; x++)
            {
                var original = image.Pixels.Slice(4 * ((10 * y) + x), 3).ToArray();
                var pixel = Pixel(composed, (10 * y) + x);
                if ((y + 0.5) * 4 / 7 < 2)
                {
                    Assert.AreEqual((original[0], original[1], original[2]), pixel);
                }
                else
                {
                    drawn += pixel == (original[0], original[1], original[2]) ? 0 : 1;
                }
            }
        }

        Assert.IsGreaterThan(25, drawn, "Of the 30 pixels below");
    }

    [TestMethod]
    public void Completed_AtTheInputsSizeOfAModelOfCrops_LeavesWhatItDoesNotSee()
    {
        using var crops = _model.WithCropping(ImageCropping.CenterCrop);
        var image = ImageRows.Random(300, 100, 5);
        var data = ImageRows.Of(image);
        using var transformer = _context.Transforms.CompleteImages("Completed", "Image", crops, new()
            { Size = CompletionSize.Input, KeptRegion = KeptRegion.Rows(0), Seed = 1 }).Fit(data);
        var composed = RowValues.Read(transformer.Transform(data), ["Completed"])[0];
        for (var x = 0; x < 300; x++)
        {
            var original = image.Pixels.Slice(4 * ((300 * 40) + x), 3).ToArray();
            var same = Pixel(composed, (300 * 40) + x) == (original[0], original[1], original[2]);
            Assert.AreEqual(x is < 100 or >= 200, same, $"{x}");
        }
    }

    [TestMethod]
    public void Completed_OfTheSameHalf_IsTheSameWhateverIsBelow()
    {
        var (upper, lower) = (ImageRows.Random(4, 4, 1), ImageRows.Random(4, 4, 2));
        var mixed = upper.Pixels.ToArray();
        lower.Pixels[32..].CopyTo(mixed.AsSpan(32));
        var rows = Complete(ImageRows.Of(upper, MLImage.CreateFromPixels(4, 4, upper.PixelFormat, mixed), lower, null, upper), new() { Completions = 3 },
            "Completed1", "Completed2", "Completed3");
        CollectionAssert.AreEqual(rows[0].Values, rows[1].Values);
        CollectionAssert.AreEqual(rows[0].Values, rows[4].Values);
        CollectionAssert.AreNotEqual(rows[0].Values, rows[2].Values);
        Assert.IsTrue(rows[3].Values.All(double.IsNaN), "There is no image.");
        CollectionAssert.AreNotEqual(rows[0].Values[..66], rows[0].Values[66..132], "Completions have seeds of their own.");
    }

    [TestMethod]
    public void Seeds_OfTheCompletions_AreTheirs()
    {
        var data = ImageRows.Create(6);
        var together = Complete(data, new() { Completions = 3, Seeds = [7, 8, 7] }, "Completed1", "Completed2", "Completed3");
        var alone = Complete(data, new() { Seeds = [8] }, "Completed");
        for (var row = 0; row < 6; row++)
        {
            CollectionAssert.AreEqual(together[row].Values[..66], together[row].Values[132..]);
            CollectionAssert.AreEqual(alone[row].Values, together[row].Values[66..132]);
        }
    }

    [TestMethod]
    public void Temperature0_AnySeed_GivesTheSamePicture()
    {
        var data = ImageRows.Create(6);
        RowValues.AssertSame(Complete(data, new() { Temperature = 0, Seed = 1 }, "Completed"),
            Complete(data, new() { Temperature = 0, Seed = 2 }, "Completed"));
    }

    [TestMethod]
    public void PredictionEngine_OverAnImage_GivesTheViewsPicture()
    {
        var images = Enumerable.Range(0, 4).Select(row => ImageRows.Random(6 + row, 5, row)).ToArray();
        var data = ImageRows.Of(images);
        using var folder = new TemporaryFolder();
        using (var transformer = _context.Transforms.CompleteImages("Completed", "Image", _model, KeptRegion.Rows(1)).Fit(data))
        {
            var expected = RowValues.Read(transformer.Transform(data), ["Completed"]);
            _context.Model.Save(transformer, data.Schema, folder.Combine("complete.zip"));
            var context = new MLContext();
            using var engine = context.Model.CreatePredictionEngine<Input, Output>(context.Model.Load(folder.Combine("complete.zip"), out _));
            for (var row = 0; row < images.Length; row++)
            {
                var completed = engine.Predict(new Input { Image = images[row] }).Completed;
                CollectionAssert.AreEqual(expected[row].Values[2..], completed.Pixels.ToArray().Select(value => (double)value).ToArray());
            }
        }
    }

    [TestMethod]
    public void Options_OutOfRange_AreReportedTogether()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Transforms.CompleteImages(" ", "Image", _model, new()
        {
            KeptRegion = KeptRegion.Rows(5),
            Completions = 2,
            KeptColumnName = " 2",
            Temperature = -0.5,
            TopK = 9,
            TopP = 0,
            Seeds = [1],
            BatchSize = 0,
            Size = (CompletionSize)7,
        }));
        Assert.AreEqual(
            "OutputColumnName is ' '; expected a column name. Size is 7; expected Model or Input. BatchSize is 0; expected 1 to 4096. "
            + "KeptRegion is the first 5 rows; expected 0 to 4 rows, the height of the model's images. KeptColumnName is ' 2'; expected another name than "
                + "that of a completion. "
            + "Temperature is -0.5; expected 0 (the most likely color) or more. TopK is 9; expected 1 to 8, the model's number of colors. TopP is 0; "
                + "expected more than 0, up to 1. "
            + "Seeds is a list of 1; expected 2, as Completions says. (Parameter 'options')",
            error.Message);
    }

    [TestMethod]
    [DataRow(null, "\"keepRows\": null,\"keepRowNumbers\": null,\"keepRectangle\": null")]
    [DataRow("rows", "\"keepRows\": 1,\"keepRowNumbers\": null,\"keepRectangle\": null")]
    [DataRow("numbers", "\"keepRows\": null,\"keepRowNumbers\": [0,3],\"keepRectangle\": null")]
    [DataRow("rectangle", "\"keepRows\": null,\"keepRowNumbers\": null,\"keepRectangle\": [1,0,3,2]")]
    public void Zip_OfEachRegion_HoldsTheFieldsThatItAlwaysHadAndCompletesAlike(string? kind, string fields)
    {
        var region = kind switch { "rows" => KeptRegion.Rows(1), "numbers" => KeptRegion.RowNumbers(3, 0), "rectangle" => KeptRegion.Rectangle(1, 0, 3, 2), _
            => KeptRegion.TopHalf };
        var data = ImageRows.Create(3);
        using var transformer = _context.Transforms.CompleteImages("Completed", "Image", _model, new() { KeptRegion = region, Seed = 1 }).Fit(data);
        using var zip = new MemoryStream();
        _context.Model.Save(transformer, data.Schema, zip);
        var settings = ZipContent.Read(zip.ToArray()).Single(entry => entry.Key.EndsWith("completion.json", StringComparison.Ordinal)).Value;
        Assert.Contains(fields, string.Concat(Encoding.UTF8.GetString(settings).Split('\n').Select(line => line.Trim())));
        var loaded = _context.Model.Load(zip, out _);
        RowValues.AssertSame(RowValues.Read(transformer.Transform(data), ["Completed"]), RowValues.Read(loaded.Transform(data), ["Completed"]));
        ((IDisposable)loaded).Dispose();
    }

    [TestMethod]
    public void Model_MaskedOrWithoutColors_IsRefused()
    {
        using var masked = TinyImageGpt.CreateModel(1, TinyImageGpt.Palette, PretrainingObjective.Masked);
        Assert.Contains("masked (BERT)", Assert.ThrowsExactly<ArgumentException>(()
            => _context.Transforms.CompleteImages("Completed", "Image", masked)).Message);
        using var colorless = TinyImageGpt.CreateModel();
        Assert.Contains("has no palette", Assert.ThrowsExactly<ArgumentException>(()
            => _context.Transforms.CompleteImages("Completed", "Image", colorless)).Message);
    }

    [TestMethod]
    public void Images_OfOnePixelOrVeryLarge_AreCompleted()
    {
        var data = ImageRows.Of(ImageRows.Random(1, 1, 1), ImageRows.Random(2000, 3, 1), ImageRows.Plain(300, 400, 9, 9, 9, MLPixelFormat.Bgra32));
        var rows = Complete(data, new() { Size = CompletionSize.Input }, "Completed");
        CollectionAssert.AreEqual((int[])[6, 24002, 480002], rows.Select(row => row.Values.Length).ToArray());
    }

    [TestMethod]
    [DataRow("\"temperature\": 1", "\"temperature\": -1", "Temperature is -1")]
    [DataRow("\"keepRows\": 2", "\"keepRows\": 200", "KeptRegion is the first 200 rows")]
    [DataRow("\"keepRows\": 2", "\"keepRows\": -2", "-2")]
    [DataRow("\"keepRowNumbers\": null", "\"keepRowNumbers\": [1]", "A kept region has one of")]
    [DataRow("\"keepRectangle\": null", "\"keepRectangle\": [0, 0, 2]", "A kept region has one of")]
    [DataRow("\"size\": 0", "\"size\": 9", "Size is 9")]
    public void Zip_Edited_IsRefused(string original, string edited, string named)
    {
        using var transformer = _context.Transforms.CompleteImages("Completed", "Image", _model, KeptRegion.Rows(2)).Fit(ImageRows.Create(1));
        SavedZip.AssertRefusesEdited(_context, transformer, "completion.json", original, edited, named);
    }

    [TestMethod]
    public void Canceled_WhileRowsAreRead_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        using var transformer = _context.Transforms.CompleteImages("Completed", "Image", _model, new()
            { CancellationToken = cancellation.Token }).Fit(ImageRows.Create(1));
        var view = transformer.Transform(ImageRows.Create(3));
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => RowValues.Read(view, ["Completed"]));
    }

    private void AssertKept(ImageCompletingEstimator.Options options, string expected)
    {
        var row = Complete(ImageRows.Of(ImageRows.Plain(4, 4, 255, 0, 0)), options with { KeptColumnName = "Kept" }, "Kept")[0];
        var actual = string.Join(' ', Enumerable.Range(0, 16).Select(i => Pixel(row, i) == (255, 0, 0) ? '1' : Pixel(row, i) == (255, 255, 255) ? '0'
            : '?').Chunk(4).Select(chars => new string(chars)));
        Assert.AreEqual(expected, actual);
    }

    private List<RowValues> Complete(TableView data, ImageCompletingEstimator.Options options, params string[] columns)
    {
        using var transformer = _context.Transforms.CompleteImages("Completed", "Image", _model, options with { Seed = options.Seed ?? 1 }).Fit(data);
        return RowValues.Read(transformer.Transform(data), columns);
    }

    private static (byte Red, byte Green, byte Blue) Pixel(RowValues row, int index)
    {
        var values = row.Values.AsSpan(2 + (4 * index));
        return ((byte)values[0], (byte)values[1], (byte)values[2]);
    }

    private sealed class Input
    {
        [ImageType(1, 1)]
        public MLImage Image { get; set; } = null!;
    }

    private sealed class Output
    {
        [ImageType(4, 4)]
        public MLImage Completed { get; set; } = null!;
    }
}
