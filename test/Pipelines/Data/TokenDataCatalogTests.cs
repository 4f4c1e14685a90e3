using IGptMl.Quantization;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class TokenDataCatalogTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void LoadTokens_OfSavedImages_GivesTokensLabelsAndAnnotations()
    {
        using var folder = new TemporaryFolder();
        var shapes = _context.Data.LoadShapes(30);
        var tokens = _context.Transforms.QuantizeToPalette("Tokens", "Image", TinyImageGpt.Palette, 4, ImageCropping.CenterCrop).Fit(shapes).Transform(shapes);
        _context.Data.SaveTokens(tokens, folder.Combine("shapes.tokens"), labelColumnName: "Label");
        var loaded = _context.Data.LoadTokens(folder.Combine("shapes.tokens"));
        Assert.AreEqual(30, loaded.GetRowCount());
        Assert.AreEqual(tokens.Schema["Tokens"].Type, loaded.Schema["Tokens"].Type);
        Assert.AreEqual(tokens.Schema["Label"].Type, loaded.Schema["Label"].Type);
        Assert.AreEqual(TinyImageGpt.Palette, QuantizedColumn.FindPalette(loaded.Schema["Tokens"]));
        Assert.AreEqual(ImageCropping.CenterCrop, QuantizedColumn.FindCropping(loaded.Schema["Tokens"]));
        CollectionAssert.AreEqual(Names(tokens.Schema["Label"]), Names(loaded.Schema["Label"]));
        CollectionAssert.AreEqual(Names(tokens.Schema["Tokens"]), Names(loaded.Schema["Tokens"]));
        CollectionAssert.AreEqual(tokens.GetColumn<uint>("Label").ToArray(), loaded.GetColumn<uint>("Label").ToArray());
        CollectionAssert.AreEqual(Rows(tokens), Rows(loaded));
        Assert.AreEqual("shapes.tokens#2", loaded.GetColumn<string>("Name").ElementAt(2));
    }

    [TestMethod]
    public void LoadTokens_RowsWithoutImageLabelOrPalette_AreMissing()
    {
        using var folder = new TemporaryFolder();
        var data = new TableView(3)
            .Add("Label", new KeyDataViewType(typeof(uint), 2), row => (uint)row)
            .AddVector("Tokens", TokenRows.Type, row => row == 1 ? null : row == 2 ? [.. TokenRows.Keys(2)[..15], 0] : TokenRows.Keys(row));
        _context.Data.SaveTokens(data, folder.Combine("a"), "Tokens", "Label");
        var loaded = _context.Data.LoadTokens(folder.Combine("a"));
        CollectionAssert.AreEqual(new uint[] { 0, 1, 2 }, loaded.GetColumn<uint>("Label").ToArray());
        ushort[] lastMissing = [.. TokenRows.Keys(2)[..15], 0];
        string[] expected = [.. new[] { TokenRows.Keys(0), new ushort[16], lastMissing }.Select(keys => string.Join(' ', keys))];
        CollectionAssert.AreEqual(expected, Rows(loaded));
        Assert.IsNull(QuantizedColumn.FindPalette(loaded.Schema["Tokens"]));
        CollectionAssert.AreEqual(new[] { "0", "1" }, Names(loaded.Schema["Label"]));

        _context.Data.SaveTokens(data, folder.Combine("b"));
        CollectionAssert.AreEqual(new uint[3], _context.Data.LoadTokens(folder.Combine("b")).GetColumn<uint>("Label").ToArray());
    }

    [TestMethod]
    public void LoadTokens_ThenPretrain_Learns()
    {
        using var folder = new TemporaryFolder();
        _context.Data.SaveTokens(TokenRows.Create(), folder.Combine("a"));
        var loaded = _context.Data.LoadTokens(folder.Combine("a"));
        using var transformer = _context.ImageGeneration.Trainers.ImageGpt(new() { Model = TinyImageGpt.Config, Steps = 2, BatchSize = 4 }).Fit(loaded);
        Assert.HasCount(21, transformer.Transform(loaded).GetColumn<float>("NatsPerToken").ToArray());
    }

    [TestMethod]
    public void SaveTokens_WrongColumns_AreNamed()
    {
        using var folder = new TemporaryFolder();
        var data = TokenRows.Create();
        AssertRefused("Nothing", null, "Could not find token column 'Nothing'");
        AssertRefused("Name", null, "Schema mismatch for token column 'Name'");
        AssertRefused("Tokens", "Nothing", "Could not find label column 'Nothing'");
        AssertRefused("Tokens", "Name", "Schema mismatch for label column 'Name': expected Key<UInt32>, got String");
        Assert.IsEmpty(Directory.GetFiles(folder.Path));

        void AssertRefused(string tokens, string? label, string message)
        {
            var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Data.SaveTokens(data, folder.Combine("a"), tokens, label));
            StringAssert.Contains(error.Message, message);
        }
    }

    [TestMethod]
    public void LoadTokens_NoTokenFile_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Assert.ThrowsExactly<FileNotFoundException>(() => _context.Data.LoadTokens(folder.Combine("missing")));
        var path = folder.Write("text", "not tokens"u8.ToArray());
        var error = Assert.ThrowsExactly<InvalidDataException>(() => _context.Data.LoadTokens(path));
        Assert.AreEqual($"'{path}' cannot be read as tokens: it does not begin as a token file of version 1.", error.Message);
    }

    private static string[] Names(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static string[] Rows(IDataView view) => [.. view.GetColumn<VBuffer<ushort>>("Tokens").Select(row => string.Join(' ', row.DenseValues()))];
}
