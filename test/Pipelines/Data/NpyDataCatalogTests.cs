using IGptMl.Formats;
using IGptMl.Tests.Contracts;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class NpyDataCatalogTests
{
    private readonly MLContext _context = new(seed: 1);

    [TestMethod]
    public void SaveAsNpy_Features_AreTheRowsOfTheArray()
    {
        var features = new VectorDataViewType(NumberDataViewType.Single, 2, 3);
        var data = new TableView(4).AddVector("Features", features, row => row == 2 ? null : Enumerable.Range(0, 6).Select(i => (10f * row) + i).ToArray());
        var array = Save(data, "Features");
        CollectionAssert.AreEqual(new long[] { 4, 2, 3 }, array.Header.Shape.ToArray());
        float[] expected = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 30, 31, 32, 33, 34, 35];
        CollectionAssert.AreEqual(expected, array.Values<float>().ToArray());
    }

    [TestMethod]
    public void SaveAsNpy_Numbers_KeepTheirType()
    {
        var data = new TableView(2)
            .Add("Single", NumberDataViewType.Single, row => row + 0.5f)
            .Add("Double", NumberDataViewType.Double, row => row + 0.25)
            .Add("Byte", NumberDataViewType.Byte, row => (byte)(row + 254))
            .Add("UInt16", NumberDataViewType.UInt16, row => (ushort)(row + 65534))
            .Add("Int32", NumberDataViewType.Int32, row => -row)
            .Add("Int64", NumberDataViewType.Int64, row => long.MinValue + row);
        Check("Single", NpyType.Float32, 0.5f, 1.5f);
        Check("Double", NpyType.Float64, 0.25, 1.25);
        Check("Byte", NpyType.UInt8, (byte)254, (byte)255);
        Check("UInt16", NpyType.UInt16, (ushort)65534, (ushort)65535);
        Check("Int32", NpyType.Int32, 0, -1);
        Check("Int64", NpyType.Int64, long.MinValue, long.MinValue + 1);

        void Check<T>(string column, NpyType type, params T[] expected)
            where T : unmanaged
        {
            var array = Save(data, column);
            Assert.AreEqual(type, array.Header.Type);
            CollectionAssert.AreEqual(new long[] { 2 }, array.Header.Shape.ToArray());
            CollectionAssert.AreEqual(expected, array.Values<T>().ToArray());
        }
    }

    [TestMethod]
    public void SaveAsNpy_TokensAndLabels_AreNumberedFromZero()
    {
        using var folder = new TemporaryFolder();
        var tokens = TokenRows.Create(5);
        _context.Data.SaveAsNpy(tokens, folder.Combine("tokens.npy"), "Tokens");
        _context.Data.SaveAsNpy(tokens, folder.Combine("labels.npy"), "Label");
        CollectionAssert.AreEqual(new[] { 0, 1, 0, 1, 0 }, NpyFormat.Read(folder.Combine("labels.npy")).Values<int>().ToArray());
        var loaded = _context.Data.LoadTokenArray(folder.Combine("tokens.npy"), folder.Combine("labels.npy"), TokenRows.Colors);
        CollectionAssert.AreEqual(Values(tokens), Values(loaded));
        Assert.HasCount(2, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void SaveAsNpy_FilteredRows_AreCounted()
    {
        var filtered = _context.Data.FilterRowsByColumn(new TableView(10).Add("Value", NumberDataViewType.Single, row => (float)row), "Value", 3, 7);
        Assert.IsNull(filtered.GetRowCount());
        CollectionAssert.AreEqual(new float[] { 3, 4, 5, 6 }, Save(filtered, "Value").Values<float>().ToArray());
    }

    [TestMethod]
    public void SaveAsNpy_MissingKey_IsRefusedAndTheOldFileStays()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("tokens.npy", [1]);
        var data = TokenRows.Create(5, missing: row => row == 3);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => _context.Data.SaveAsNpy(data, path, "Tokens"));
        Assert.AreEqual("Row 4 has no value in column 'Tokens', and an npy array has no missing values.", error.Message);
        CollectionAssert.AreEqual(new byte[] { 1 }, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void SaveAsNpy_ColumnThatIsNoArray_IsTold()
    {
        var data = new TableView(1)
            .Add("Text", TextDataViewType.Instance, _ => "a".AsMemory())
            .AddVector("Loose", new VectorDataViewType(NumberDataViewType.Single), _ => new float[] { 1 });
        StringAssert.StartsWith(Refuse("Text"), "Schema mismatch for npy column 'Text': expected Single, Double,");
        StringAssert.EndsWith(Refuse("Loose"), "got Vector<Single> (Parameter 'inputSchema')");
        StringAssert.StartsWith(Refuse("None"), "Could not find npy column 'None'");

        string Refuse(string column) => Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _context.Data.SaveAsNpy(data, Stream.Null, column)).Message;
    }

    private static double[] Values(IDataView data) => [.. RowValues.Read(data, ["Tokens", "Label"]).SelectMany(row => row.Values)];

    private NpyArray Save(IDataView data, string column)
    {
        using var stream = new MemoryStream();
        _context.Data.SaveAsNpy(data, stream, column);
        stream.Position = 0;
        return NpyFormat.Read(stream, column);
    }
}
