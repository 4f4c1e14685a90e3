using IGptMl.Formats;
using IGptMl.Hosting;
using IGptMl.Quantization;
using IGptMl.Tests.Formats;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace IGptMl.Tests.Data;

[TestClass]
public sealed class TokenArraySourceTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly long[] Tokens = [0, 1, 2, 3, 3, 2, 1, 0, 5, 5, 5, 5];

    [TestMethod]
    [DataRow("|u1", 1)]
    [DataRow("<u2", 2)]
    [DataRow("<i4", 4)]
    [DataRow("<i8", 8)]
    public void Tokens_OfAnyWholeType_BecomeKeys(string type, int size)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", type, size, "3, 4", Tokens);

        var view = Ml.Data.LoadTokenArray(path, colors: 6);

        Assert.AreEqual(new VectorDataViewType(new KeyDataViewType(typeof(ushort), 6), 4), view.Schema["Tokens"].Type);
        Assert.AreEqual("1 2 3 4|4 3 2 1|6 6 6 6", string.Join('|', view.GetColumn<ushort[]>("Tokens").Select(row => string.Join(' ', row))));
        Assert.AreEqual("x.npy#0 x.npy#1 x.npy#2", string.Join(' ', view.GetColumn<string>("Name")));
        CollectionAssert.AreEqual(new uint[] { 0, 0, 0 }, view.GetColumn<uint>("Label").ToArray());
    }

    [TestMethod]
    [DataRow(">u2", "False", "00000001000200030005000400030002")]
    [DataRow("<u2", "True", "00000500010004000200030003000200")]
    [DataRow(">i4", "True", "0000000000000005000000010000000400000002000000030000000300000002")]
    [DataRow("|i1", "True", "0005010402030302")]
    public void Tokens_OfAnyLayout_BecomeKeys(string type, string fortran, string hex)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.npy", NpyBytes.Of($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': (2, 4)}}", Convert.FromHexString(hex)));
        var rows = Ml.Data.LoadTokenArray(path, colors: 6).GetColumn<ushort[]>("Tokens");
        Assert.AreEqual("1 2 3 4|6 5 4 3", string.Join('|', rows.Select(row => string.Join(' ', row))));
    }

    [TestMethod]
    public void Palette_IsToldByTheColumn()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", "<u2", 2, "3, 2, 2", Tokens);
        var palette = Palette.FromColors([0, 0, 0, 50, 50, 50, 100, 100, 100, 150, 150, 150, 200, 200, 200, 250, 250, 250]);

        var view = Ml.Data.LoadTokenArray(path, null, palette);

        Assert.AreEqual(palette, QuantizedColumn.FindPalette(view.Schema["Tokens"]));
        Assert.AreEqual((6, 4), TokenColumn.Sizes(view.Schema["Tokens"]));
    }

    [TestMethod]
    [DataRow("<i8", 8, "3", "2 0 1")]
    [DataRow("|u1", 1, "3, 1", "2 0 1")]
    public void Labels_ThatAreNumbers_AreKeys(string type, int size, string shape, string labels)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", "<u2", 2, "3, 4", Tokens);
        var labelsPath = Write(folder, "y.npy", type, size, shape, [.. labels.Split(' ').Select(long.Parse)]);

        var view = Ml.Data.LoadTokenArray(path, labelsPath, colors: 6);

        CollectionAssert.AreEqual(new uint[] { 3, 1, 2 }, view.GetColumn<uint>("Label").ToArray());
        VBuffer<ReadOnlyMemory<char>> names = default;
        view.Schema["Label"].GetKeyValues(ref names);
        Assert.AreEqual("0 1 2", string.Join(' ', names.DenseValues()));
    }

    [TestMethod]
    public void Labels_ThatAreOnesAtTheClass_AreKeys()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", "<u2", 2, "3, 4", Tokens);
        var labelsPath = WriteFloats(folder, [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0], 3, 4);

        var view = Ml.Data.LoadTokenArray(path, labelsPath, colors: 6);

        CollectionAssert.AreEqual(new uint[] { 4, 1, 2 }, view.GetColumn<uint>("Label").ToArray());
        Assert.AreEqual(new KeyDataViewType(typeof(uint), 4), view.Schema["Label"].Type);
    }

    [TestMethod]
    public void Shuffled_TokensStayWithTheirLabels()
    {
        using var folder = new TemporaryFolder();
        var tokens = Enumerable.Range(0, 40).SelectMany(row => Enumerable.Repeat((long)row, 4)).ToArray();
        var path = Write(folder, "x.npy", "<u2", 2, "40, 4", tokens);
        var labelsPath = Write(folder, "y.npy", "<i4", 4, "40", [.. Enumerable.Range(0, 40).Select(row => (long)row)]);

        var view = Ml.Data.LoadTokenArray(path, labelsPath, colors: 40, shuffleSeed: 2);

        var labels = view.GetColumn<uint>("Label").ToArray();
        CollectionAssert.AreEqual(labels, view.GetColumn<ushort[]>("Tokens").Select(row => (uint)row[3]).ToArray());
        CollectionAssert.AreNotEqual(labels.Order().ToArray(), labels);
        CollectionAssert.AreEquivalent(Enumerable.Range(1, 40).ToArray(), labels.Select(label => (int)label).ToArray());
    }

    [TestMethod]
    [DataRow(6L)]
    [DataRow(-1L)]
    public void Read_TokenOutOfRange_NamesRowAndPosition(long token)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", "<i4", 4, "2, 4", [0, 0, 0, 0, 0, 0, token, 0]);
        var view = Ml.Data.LoadTokenArray(path, colors: 6);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => view.GetColumn<ushort[]>("Tokens").ToArray());
        Assert.AreEqual($"'{path}', row 1: token {token} at position 2 is not one of 0 to 5.", error.Message);
    }

    [TestMethod]
    [DataRow("<u2", 2, "12", "expected tokens: integers of shape (images, side * side)")]
    [DataRow("<u2", 2, "0, 4", "expected tokens: integers of shape (images, side * side)")]
    [DataRow("<f4", 4, "3, 4", "expected tokens: integers of shape (images, side * side)")]
    [DataRow("<u2", 2, "4, 3", "has 3 tokens per image, which is not a square")]
    [DataRow("<u2", 2, "9, 4", "needs 72 bytes of data; found 24")]
    public void Load_NoTokens_SaysWhatIsThere(string type, int size, string shape, string problem)
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", type, size, shape, shape.StartsWith('0') ? [] : Tokens);

        var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadTokenArray(path));
        StringAssert.StartsWith(error.Message, $"'{path}'");
        StringAssert.Contains(error.Message, problem);
    }

    [TestMethod]
    public void Load_LabelsThatCannotBe_AreRefused()
    {
        using var folder = new TemporaryFolder();
        var path = Write(folder, "x.npy", "<u2", 2, "3, 4", Tokens);

        AssertRefused("has 2 labels, but", Write(folder, "two.npy", "<i4", 4, "2", [0, 1]));
        AssertRefused("row 1: -1 is not a class", Write(folder, "negative.npy", "<i4", 4, "3", [0, -1, 1]));
        AssertRefused("row 2: a row that is not one-hot is not a class", WriteFloats(folder, [1, 0, 0, 1, 0, 0], 3, 2));
        AssertRefused("row 0: a row that is not one-hot is not a class", WriteFloats(folder, [1, 1, 0, 1, 0, 1], 3, 2));
        AssertRefused("expected labels", WriteFloats(folder, new float[12], 3, 2, 2));

        void AssertRefused(string problem, string labels)
        {
            var error = Assert.ThrowsExactly<InvalidDataException>(() => Ml.Data.LoadTokenArray(path, labels));
            StringAssert.Contains(error.Message, problem);
        }
    }

    [TestMethod]
    public void Load_BadArguments_Throw()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Ml.Data.LoadTokenArray(" "));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadTokenArray("x.npy", colors: 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Data.LoadTokenArray("x.npy", colors: 65_536));
        Assert.ThrowsExactly<FileNotFoundException>(() => Ml.Data.LoadTokenArray(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.npy")));
    }

    /// <summary>Writes an npy file of version 1.</summary>
    private static string Write(TemporaryFolder folder, string name, string type, int size, string shape, long[] values)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape},), }}\n";
        byte[] start = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0];
        return folder.Write(name, [.. start, .. header.Select(c => (byte)c), .. values.SelectMany(value => BitConverter.GetBytes(value)[..size])]);
    }

    private static string WriteFloats(TemporaryFolder folder, float[] values, params int[] shape)
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, values, shape);
        return folder.Write("y.npy", stream.ToArray());
    }
}
