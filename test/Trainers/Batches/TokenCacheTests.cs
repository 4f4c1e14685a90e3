using IGptMl.Batches;
using IGptMl.Tests.Contracts;
using IGptMl.Tests.Data;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace IGptMl.Tests.Batches;

[TestClass]
public sealed class TokenCacheTests
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _messages = [];
    private readonly MLContext _context = new(seed: 1);

    public TokenCacheTests() => _context.Log += (_, log) => _messages.Add(log.RawMessage);

    private string CachePath => _folder.Combine("train.tokens");

    [TestCleanup]
    public void RemoveFolder() => _folder.Dispose();

    [TestMethod]
    public void Open_FirstTime_WritesTheRowsThatReadingGives()
    {
        var data = TokenRows.Create(100, missing: row => row % 7 == 1);
        using var expected = TokenTable.Read(data, data.Schema["Tokens"], CancellationToken.None);
        for (var time = 0; time < 2; time++)
        {
            using var table = Open(data);
            Assert.AreEqual((expected.Count, expected.Skipped, expected.Colors, expected.ContextLength),
                (table.Count, table.Skipped, table.Colors, table.ContextLength));
            for (var row = 0; row < table.Count; row++)
            {
                Assert.IsTrue(expected[row].SequenceEqual(table[row]), $"row {row}");
            }
        }

        CollectionAssert.AreEqual(new[] { "written to", "read from" }, Events());
    }

    [TestMethod]
    public void Open_SecondTime_ReadsOnlyTheFirstRowsAgain()
    {
        var read = 0;
        var data = new TableView(1000).AddVector("Tokens", TokenRows.Type, row =>
        {
            read++;
            return TokenRows.Keys(row);
        });
        Open(data).Dispose();
        Assert.AreEqual(1000, read);
        Open(data).Dispose();
        Assert.AreEqual(1064, read);
    }

    [TestMethod]
    public void Open_OtherRowCount_WritesAgain()
    {
        Open(TokenRows.Create(30)).Dispose();
        AssertMadeAgain(TokenRows.Create(31), "they are of 30 rows, not 31");
    }

    [TestMethod]
    public void Open_OtherFirstRows_WritesAgain()
    {
        Open(TokenRows.Create(30)).Dispose();
        AssertMadeAgain(TokenRows.Create(30, missing: row => row == 5), "their first rows are not those of the data");
    }

    [TestMethod]
    public void Open_OtherPaletteSizeOrCropping_WritesAgain()
    {
        Open(Shapes(TinyImageGpt.Palette, 4)).Dispose();
        AssertMadeAgain(Shapes(Palette.FromColors([.. Enumerable.Range(0, 24).Select(i => (byte)i)]), 4), "they were quantized with another palette");
        AssertMadeAgain(Shapes(TinyImageGpt.Palette, 5), "they have 16 tokens of 8 colors per row, not 25 of 8");
        AssertMadeAgain(Shapes(TinyImageGpt.Palette, 5, ImageCropping.CenterCrop), "their images were cropped by Squash, not by CenterCrop");
    }

    [TestMethod]
    public void Open_OneImageOfAFolderChanged_WritesAgain()
    {
        // The hundredth row, which is not among the first rows that are compared.
        for (var i = 0; i < 100; i++)
        {
            _folder.WriteImage($"photos/{i:D3}.png", 4, 4, (255, 0, 0));
        }

        Open(Photos()).Dispose();
        Open(Photos()).Dispose();
        _folder.WriteImage("photos/099.png", 4, 4, (0, 0, 255));
        File.SetLastWriteTimeUtc(_folder.Combine("photos", "099.png"), DateTime.UtcNow.AddHours(1));
        using var table = AssertMadeAgain(Photos(), "they are from other images, or the images have changed since");
        Assert.AreEqual(1, table[99][0], "blue");
        Assert.AreEqual(4, table[98][0], "red");
    }

    [TestMethod]
    public void Open_DamagedFile_WritesAgain()
    {
        Open(TokenRows.Create(30)).Dispose();
        var bytes = File.ReadAllBytes(CachePath);
        bytes[500] ^= 1;
        File.WriteAllBytes(CachePath, bytes);
        AssertMadeAgain(TokenRows.Create(30), "its content does not have the checksum that its header names");
        File.WriteAllBytes(CachePath, []);
        AssertMadeAgain(TokenRows.Create(30), "it is an empty file");
    }

    [TestMethod]
    public void Open_ErrorWhileReading_LeavesNoFile()
    {
        var data = new TableView(10).AddVector("Tokens", TokenRows.Type, row => row < 9 ? TokenRows.Keys(row) : throw new IOException("The disk is full."));
        Assert.ThrowsExactly<IOException>(() => Open(data));
        Assert.IsEmpty(Directory.GetFiles(_folder.Path));
    }

    [TestMethod]
    public void Open_Canceled_LeavesNoFile()
    {
        var data = TokenRows.Create();
        using var channel = ((IHostEnvironment)_context).Register("Test").Start("Test");
        Assert.ThrowsExactly<OperationCanceledException>(()
            => TokenCache.Open(data, data.Schema["Tokens"], CachePath, channel, new CancellationToken(canceled: true)));
        Assert.IsEmpty(Directory.GetFiles(_folder.Path));
    }

    [TestMethod]
    public void Open_ManyAtOnce_AllGetTheRows()
    {
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var data = TokenRows.Create(200);
            using var table = Open(data);
            Assert.AreEqual(200, table.Count);
            for (var row = 0; row < 200; row++)
            {
                CollectionAssert.AreEqual(Array.ConvertAll(TokenRows.Keys(row), key => (ushort)(key - 1)), table[row].ToArray(), $"row {row} of {i}");
            }
        });
        CollectionAssert.AreEqual(new[] { CachePath }, Directory.GetFiles(_folder.Path));
    }

    private IDataView Photos() => Quantize(_context.Data.LoadImageFolder(_folder.Combine("photos")), TinyImageGpt.Palette, 4);

    private IDataView Shapes(Palette palette, int size, ImageCropping cropping = ImageCropping.Squash)
        => Quantize(_context.Data.LoadShapes(12), palette, size, cropping);

    private IDataView Quantize(IDataView images, Palette palette, int size, ImageCropping cropping = ImageCropping.Squash)
        => _context.Transforms.QuantizeToPalette("Tokens", "Image", palette, size, cropping).Fit(images).Transform(images);

    private TokenTable Open(IDataView data)
    {
        using var channel = ((IHostEnvironment)_context).Register("Test").Start("Test");
        return TokenCache.Open(data, data.Schema["Tokens"], CachePath, channel, CancellationToken.None);
    }

    private TokenTable AssertMadeAgain(IDataView data, string reason)
    {
        _messages.Clear();
        var table = Open(data);
        Assert.IsTrue(_messages.Any(m => m.StartsWith($"The tokens in '{CachePath}' are computed again: ", StringComparison.Ordinal)
            && m.EndsWith($"{reason}.", StringComparison.Ordinal)), string.Join('\n', _messages));
        table.Dispose();
        _messages.Clear();
        table = Open(data);
        CollectionAssert.AreEqual(new[] { "read from" }, Events());
        return table;
    }

    private string[] Events() => [.. _messages.Where(m => m.StartsWith("The tokens of", StringComparison.Ordinal)).Select(m
        => m.Contains("written to", StringComparison.Ordinal) ? "written to" : "read from")];
}
