using System.Globalization;
using System.IO.Compression;
using System.Text;
using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class NpyFormatTests
{
    [TestMethod]
    [DataRow("<f4", "00002040" + "0000C0BF", new[] { 2.5, -1.5 })]
    [DataRow("<f8", "0000000000000440" + "000000000000F8BF", new[] { 2.5, -1.5 })]
    [DataRow("|u1", "02FF", new[] { 2.0, 255 })]
    [DataRow("<u2", "0201" + "FFFF", new[] { 258.0, 65535 })]
    [DataRow("<i4", "02010000" + "FFFFFFFF", new[] { 258.0, -1 })]
    [DataRow("<i8", "0201000000000000" + "FEFFFFFFFFFFFFFF", new[] { 258.0, -2 })]
    public void Read_EachType_GivesItsValues(string descriptor, string hex, double[] expected)
    {
        var array = Read(NpyBytes.Of($"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (2,), }}", Convert.FromHexString(hex)));
        CollectionAssert.AreEqual(new long[] { 2 }, array.Header.Shape.ToArray());
        double[] values = array.Header.Type switch
        {
            NpyType.Float32 => Array.ConvertAll(array.Values<float>().ToArray(), value => (double)value),
            NpyType.Float64 => array.Values<double>().ToArray(),
            NpyType.UInt8 => Array.ConvertAll(array.Values<byte>().ToArray(), value => (double)value),
            NpyType.UInt16 => Array.ConvertAll(array.Values<ushort>().ToArray(), value => (double)value),
            NpyType.Int32 => Array.ConvertAll(array.Values<int>().ToArray(), value => (double)value),
            _ => Array.ConvertAll(array.Values<long>().ToArray(), value => (double)value),
        };
        CollectionAssert.AreEqual(expected, values);
    }

    [TestMethod]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", 1, "(2, 3)")]
    [DataRow("{\"shape\":(2L,3L),\"fortran_order\":False,\"descr\":\"|u1\"}     ", 2, "(2, 3)")]
    [DataRow("{ 'descr' : '|u1' , 'shape' : ( 6 , ) , 'fortran_order' : False }", 3, "(6,)")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 6, 1), }", 1, "(1, 6, 1)")]
    public void Read_HeaderVariants_AreUnderstood(string header, int version, string shape)
    {
        var array = Read(NpyBytes.Of(header, [1, 2, 3, 4, 5, 6], (byte)version));
        Assert.AreEqual(shape, array.Header.ShapeText);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3, 4, 5, 6 }, array.Values<byte>().ToArray());
    }

    [TestMethod]
    public void Read_ScalarAndEmpty_HaveOneAndNoElement()
    {
        Assert.AreEqual(7, Read(NpyBytes.Of("{'descr': '|u1', 'fortran_order': False, 'shape': ()}", [7])).Values<byte>()[0]);
        Assert.AreEqual(0, Read(NpyBytes.Of("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9000000000000000000, 5)}", [])).Values<float>().Length);
    }

    [TestMethod]
    public void WriteHeader_ThenRows_GivesTheSameAsAtOnce()
    {
        using var atOnce = new MemoryStream();
        NpyFormat.Write(atOnce, [1.5f, -2, 3, 4], 2, 2);
        using var inRows = new MemoryStream();
        NpyFormat.WriteHeader(inRows, NpyType.Float32, 2, 2);
        foreach (var value in (float[])[1.5f, -2, 3, 4])
        {
            inRows.Write(BitConverter.GetBytes(value));
        }

        CollectionAssert.AreEqual(atOnce.ToArray(), inRows.ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NpyFormat.WriteHeader(inRows, NpyType.Float32, -1, 2));
    }

    [TestMethod]
    public void Write_ThenRead_GivesTheSame()
    {
        float[] floats = [1.5f, float.NaN, -0f, float.MaxValue];
        CollectionAssert.AreEqual(floats, RoundTrip(stream => NpyFormat.Write(stream, floats, 2, 2), "(2, 2)").Values<float>().ToArray());
        ushort[] words = [0, 1, 65535];
        CollectionAssert.AreEqual(words, RoundTrip(stream => NpyFormat.Write(stream, words, 3), "(3,)").Values<ushort>().ToArray());
        byte[] bytes = [3, 2, 1];
        CollectionAssert.AreEqual(bytes, RoundTrip(stream => NpyFormat.Write(stream, bytes, 1, 3, 1), "(1, 3, 1)").Values<byte>().ToArray());
    }

    [TestMethod]
    public void Write_Header_IsPaddedTo64Bytes()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, new byte[5], 5);
        var expected = "{'descr': '|u1', 'fortran_order': False, 'shape': (5,), }".PadRight(128 - 10 - 1) + "\n";
        Assert.AreEqual(128 + 5, stream.Length);
        Assert.AreEqual(expected, Encoding.Latin1.GetString(stream.ToArray(), 10, 118));
    }

    [TestMethod]
    public void Write_ShapeOfAnotherCount_Throws()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => NpyFormat.Write(new MemoryStream(), new float[5], 2, 3));
        StringAssert.Contains(error.Message, "Shape (2, 3) does not hold 5 values.");
        int[] tooMany = [.. Enumerable.Repeat(65536, 9)];
        Assert.ThrowsExactly<ArgumentException>(() => NpyFormat.Write(new MemoryStream(), new float[1], tooMany));
    }

    [TestMethod]
    [DataRow("'descr': '|u1'", "expected '{' at character 0 of the header")]
    [DataRow("{'descr': '|u1', 'fortran_order': False}", "the header lacks one of")]
    [DataRow("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", "unexpected or repeated header key 'descr'")]
    [DataRow("{'color': 1}", "unexpected or repeated header key 'color'")]
    [DataRow("{'descr' '|u1'}", "expected ':'")]
    [DataRow("{'descr: |u1}", "expected a quoted string")]
    [DataRow("{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}", "neither True nor False")]
    [DataRow("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects")]
    [DataRow("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "element type '<c8' is not supported")]
    [DataRow("{'descr': [('r', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured element types")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': 1}", "expected '('")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}", "expected a dimension")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (1 2)}", "expected ')'")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", "expected a dimension")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "larger than any file")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} import os", "text follows the header's dictionary")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)", "expected '}'")]
    [DataRow("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", "needs 4 bytes of data; found 1")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", "needs 2 bytes of data; found 1")]
    [DataRow("{'descr': '|u1', 'fortran_order': False, 'shape': (0,)}", "needs 0 bytes of data; found 1")]
    public void Read_MalformedHeader_NamesFileAndProblem(string header, string problem) => AssertRefused(NpyBytes.Of(header, [1]), problem);

    [TestMethod]
    [DataRow("<f2", "003C00C00048", "1 -2 8")]
    [DataRow(">f2", "3C00C0004800", "1 -2 8")]
    [DataRow(">f4", "3F800000C000000041000000", "1 -2 8")]
    [DataRow(">f8", "3FF0000000000000C0000000000000004020000000000000", "1 -2 8")]
    [DataRow("|i1", "01FE08", "1 -2 8")]
    [DataRow("|b1", "010001", "1 0 1")]
    [DataRow("<i2", "0100FEFF0800", "1 -2 8")]
    [DataRow(">i2", "0001FFFE0008", "1 -2 8")]
    [DataRow(">u2", "0001FFFE0008", "1 65534 8")]
    [DataRow(">i4", "00000001FFFFFFFE00000008", "1 -2 8")]
    [DataRow("<u4", "01000000FEFFFFFF08000000", "1 4294967294 8")]
    [DataRow("=i4", "01000000FEFFFFFF08000000", "1 -2 8")]
    [DataRow(">i8", "0000000000000001FFFFFFFFFFFFFFFE0000000000000008", "1 -2 8")]
    public void Read_TypeAndByteOrder_GiveTheValues(string type, string hex, string values)
    {
        var bytes = NpyBytes.Of($"{{'descr': '{type}', 'fortran_order': False, 'shape': (3,)}}", Convert.FromHexString(hex));
        Assert.AreEqual(values, string.Join(' ', Read(bytes).ToDoubles()));
    }

    [TestMethod]
    [DataRow("(6,)", "0 1 2 3 4 5")]
    [DataRow("(2, 3)", "0 2 4 1 3 5")]
    [DataRow("(3, 2)", "0 3 1 4 2 5")]
    [DataRow("(1, 6)", "0 1 2 3 4 5")]
    [DataRow("(1, 3, 2)", "0 3 1 4 2 5")]
    [DataRow("(2, 3, 1)", "0 2 4 1 3 5")]
    public void Read_FortranOrder_IsTransposed(string shape, string values)
    {
        // Numbered as they are stored: the first index changes fastest.
        var bytes = NpyBytes.Of($"{{'descr': '>u2', 'fortran_order': True, 'shape': {shape}}}", [0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5]);
        Assert.AreEqual(values, string.Join(' ', Read(bytes).Values<ushort>().ToArray()));
    }

    [TestMethod]
    public void Read_FortranOrderWithoutElements_IsEmpty()
        => Assert.IsEmpty(Read(NpyBytes.Of("{'descr': '<u2', 'fortran_order': True, 'shape': (0, 3)}", [])).ToDoubles());

    [TestMethod]
    public void Read_MalformedStart_NamesFileAndProblem()
    {
        var good = NpyBytes.Of("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}", [1]);
        Assert.AreEqual(
            "'x.npy' is an empty file; expected an npy file.",
            Assert.ThrowsExactly<InvalidDataException>(() => NpyFormat.Read(new MemoryStream(), "x.npy")).Message);
        AssertRefused(good[..9], "it is truncated within its header");
        AssertRefused(good[..40], "it is truncated within its header");
        AssertRefused([.. "PK"u8, .. good[2..]], "it does not start with the npy signature");
        AssertRefused([.. good[..6], 4, .. good[7..]], "npy version 4.0 is not supported");
        AssertRefused([.. good[..6], 2, 0, 255, 255, 255, 255, .. good[10..]], "its header claims 4294967295 bytes");
    }

    [TestMethod]
    public void Read_EveryTruncation_IsRefused()
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, new float[6], 2, 3);
        var whole = stream.ToArray();
        for (var length = 1; length < whole.Length; length++)
        {
            AssertRefused(whole[..length], "");
        }
    }

    [TestMethod]
    public void Read_HugeClaim_TakesNoMemory()
    {
        var bytes = NpyBytes.Of("{'descr': '<f8', 'fortran_order': False, 'shape': (200000000,)}", new byte[100]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused(bytes, "needs 1600000000 bytes of data; found 100");
        Assert.ThrowsExactly<InvalidDataException>(() => NpyFormat.Read(Unseekable(bytes), "x.npy"));
        Assert.IsLessThan(10_000_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Read_StreamThatCannotSeek_GivesEverything()
    {
        var data = new byte[3_000_001];
        new Random(1).NextBytes(data);
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, data, data.Length);
        CollectionAssert.AreEqual(data, NpyFormat.Read(Unseekable(stream.ToArray()), "x").Values<byte>().ToArray());
        stream.WriteByte(0);
        var error = Assert.ThrowsExactly<InvalidDataException>(() => NpyFormat.Read(Unseekable(stream.ToArray()), "x"));
        StringAssert.Contains(error.Message, "bytes follow the 3000001");
    }

    [TestMethod]
    public void ReadHeader_LeavesTheStreamAtTheFirstElement()
    {
        using var stream = new MemoryStream(NpyBytes.Of("{'descr': '<u2', 'fortran_order': False, 'shape': (2, 1)}", [42, 0, 43, 0]));
        var header = NpyFormat.ReadHeader(stream, "x");
        Assert.AreEqual((NpyType.UInt16, 2L, 4L, 2), (header.Type, header.Count, header.ByteCount, header.ElementSize));
        Assert.AreEqual(42, stream.ReadByte());
    }

    [TestMethod]
    public void Values_OfAnotherType_Throws()
    {
        var array = Read(NpyBytes.Of("{'descr': '<u2', 'fortran_order': False, 'shape': (1,)}", [1, 0]));
        Assert.ThrowsExactly<InvalidOperationException>(() => array.Values<byte>().Length.ToString(CultureInfo.InvariantCulture));
    }

    private static NpyArray Read(byte[] bytes) => NpyFormat.Read(new MemoryStream(bytes), "x.npy");

    private static NpyArray RoundTrip(Action<Stream> write, string shape)
    {
        using var stream = new MemoryStream();
        write(stream);
        var array = Read(stream.ToArray());
        Assert.AreEqual(shape, array.Header.ShapeText);
        return array;
    }

    private static void AssertRefused(byte[] bytes, string problem)
    {
        var error = Assert.ThrowsExactly<InvalidDataException>(() => Read(bytes));
        StringAssert.StartsWith(error.Message, "'x.npy' cannot be read as npy: ");
        StringAssert.Contains(error.Message, problem);
    }

    // Like the stream of a zip entry.
    private static Stream Unseekable(byte[] bytes)
    {
        var compressed = new MemoryStream();
        using (var writer = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            writer.Write(bytes);
        }

        compressed.Position = 0;
        return new DeflateStream(compressed, CompressionMode.Decompress);
    }
}
