using System.Buffers.Binary;
using System.Text;
using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class SafetensorsReaderTests
{
    [TestMethod]
    public void OpenFile_TinyModel_HasEveryTensor()
    {
        using var reader = SafetensorsReader.OpenFile(TestData.PathOf("tiny", "model.safetensors"));

        Assert.HasCount(31, reader.Weights);
        Assert.AreEqual("pt", reader.Metadata["format"]);
        Assert.IsTrue(reader.TryFind("transformer.h.0.attn.c_attn.weight", out var weight));
        Assert.AreEqual(WeightType.Float32, weight.Type);
        Assert.IsTrue(weight.HasShape(32, 96));
        Assert.AreEqual(32 * 96, weight.Count);
        Assert.AreEqual(4 * 32 * 96, weight.ByteCount);
    }

    [TestMethod]
    public void OpenFile_Reference_ReadsLossesAndTokens()
    {
        using var reader = SafetensorsReader.OpenFile(TestData.PathOf("tiny", "reference.safetensors"));
        var losses = new float[10];
        reader.ReadFloat32("adam_losses", losses);
        Assert.IsTrue(reader.TryFind("tokens", out var info));
        var tokens = new long[info.Count];
        reader.ReadInt64("tokens", tokens);

        Assert.IsTrue(losses.All(loss => loss is > 0 and < 10) && losses[9] < losses[0], string.Join(" ", losses));
        Assert.IsTrue(tokens.All(token => token is >= 0 and < 16) && tokens.Distinct().Count() > 1);
    }

    [TestMethod]
    public void ReadFloat32_EveryFloatType_Converts()
    {
        var bytes = File(
            """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"""
            + """ "d":{"dtype":"F64","shape":[1],"data_offsets":[8,16]},"s":{"dtype":"F32","shape":[],"data_offsets":[16,20]}}""",
            [0x00, 0x3C, 0x01, 0x80, 0xC0, 0x3F, 0x7F, 0xFF, .. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-0f)]);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");

        Assert.AreSequenceEqual([1f, -5.9604645E-08f], Floats(reader, "h"));
        Assert.AreSequenceEqual([1.5f, -3.3895314E+38f], Floats(reader, "b"));
        Assert.AreSequenceEqual([0.1f], Floats(reader, "d"));
        Assert.AreEqual(int.MinValue, BitConverter.SingleToInt32Bits(Floats(reader, "s")[0]));
    }

    [TestMethod]
    [DataRow("F16", "007E", "NaN")]
    [DataRow("F16", "00FC", "-Infinity")]
    [DataRow("BF16", "807F", "Infinity")]
    [DataRow("BF16", "C0FF", "NaN")]
    [DataRow("F32", "0000C07F", "NaN")]
    [DataRow("F32", "000080FF", "-Infinity")]
    [DataRow("F64", "000000000000F87F", "NaN")]
    [DataRow("F64", "0000000000007C48", "Infinity", DisplayName = "A Float64 that is too large for Float32")]
    public void ReadFloat32_NotFinite_NamesFileTensorAndElement(string type, string hex, string value)
    {
        var element = Convert.FromHexString(hex);
        const int Count = WeightData.ChunkBytes + 7; // in several pieces
        var data = new byte[Count * element.Length];
        element.CopyTo(data, (Count - 5) * element.Length);
        var bytes = File($$$"""{"w":{"dtype":"{{{type}}}","shape":[{{{Count}}}],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");
        var message = Assert.ThrowsExactly<InvalidDataException>(() => Floats(reader, "w")).Message;
        StringAssert.StartsWith(message, "x: tensor 'w' ");
        StringAssert.Contains(message, $"element {Count - 5} is {value}. Weights must be finite numbers");
    }

    [TestMethod]
    public void ReadFloat32_LongHalfTensor_CrossesChunks()
    {
        const int Count = WeightData.ChunkBytes + 7;
        var data = new byte[2 * Count];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2 * i), (Half)(i % 1000));
        }

        var bytes = File($$$"""{"h":{"dtype":"F16","shape":[{{{Count}}}],"data_offsets":[0,{{{2 * Count}}}]}}""", data);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");
        var values = Floats(reader, "h");

        for (var i = 0; i < Count; i++)
        {
            Assert.AreEqual(i % 1000, values[i]);
        }
    }

    [TestMethod]
    public void ReadInt64_EveryIntegerType_Widens()
    {
        var bytes = File(
            """{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"""
            + """ "c":{"dtype":"I16","shape":[1],"data_offsets":[2,4]},"d":{"dtype":"U16","shape":[1],"data_offsets":[4,6]},"""
            + """ "e":{"dtype":"I32","shape":[1],"data_offsets":[6,10]},"f":{"dtype":"U32","shape":[1],"data_offsets":[10,14]},"""
            + """ "g":{"dtype":"I64","shape":[1],"data_offsets":[14,22]},"h":{"dtype":"BOOL","shape":[2],"data_offsets":[22,24]}}""",
            [.. Enumerable.Repeat((byte)0xFF, 22), 0, 1]);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");

        long[] expected = [-1, 255, -1, 65535, -1, 4294967295, -1];
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], Longs(reader, "abcdefg"[i].ToString(), 1)[0]);
        }

        Assert.AreSequenceEqual([0L, 1L], Longs(reader, "h", 2));
    }

    [TestMethod]
    public void ReadAll_ForwardOnlyStreamWithShortReads_GivesTheSameValues()
    {
        var path = TestData.PathOf("tiny", "model.safetensors");
        using var reader = SafetensorsReader.OpenFile(path);
        using var stream = new ForwardOnlyStream(System.IO.File.OpenRead(path), mostBytes: 1001);
        var visited = new List<string>();
        var announced = 0;
        SafetensorsReader.ReadAll(stream, "entry", data =>
        {
            visited.Add(data.Info.Name);
            if (visited.Count % 3 == 0)
            {
                return; // Skipped without being read.
            }

            var values = new float[data.Remaining];
            data.ReadFloat32(values.AsSpan(0, values.Length / 2));
            data.ReadFloat32(values.AsSpan(values.Length / 2));
            Assert.AreEqual(0, data.Remaining);
            Assert.AreSequenceEqual(Floats(reader, data.Info.Name), values);
        }, (weights, metadata) => announced = weights.Count + metadata.Count);

        Assert.AreSequenceEqual(reader.Weights.Select(weight => weight.Name), visited);
        Assert.AreEqual(visited.Count + 1, announced);
    }

    [TestMethod]
    public void ReadAll_StreamEndsEarlyOrGoesOn_Refuses()
    {
        const string Header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
        foreach (var length in new[] { 7, 9 })
        {
            var exception = Assert.ThrowsExactly<InvalidDataException>(
                () => SafetensorsReader.ReadAll(new ForwardOnlyStream(new MemoryStream(File(Header, new byte[length]))), "m.safetensors", _ => { }));
            Assert.Contains("m.safetensors", exception.Message);
        }
    }

    [TestMethod]
    public void ReadFloat32_WrongNameTypeOrLength_Refuses()
    {
        var bytes = File("""{"a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");

        Assert.Contains("'b'", Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("b", new float[1])).Message);
        Assert.Contains("'a'", Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("a", new float[1])).Message);
        Assert.ThrowsExactly<ArgumentException>(() => reader.ReadInt64("a", new long[2]));
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "'a'", DisplayName = "range shorter than the shape")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "5 follow", DisplayName = "bytes after the last tensor")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "8 bytes", DisplayName = "range beyond the file")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a'", DisplayName = "gap at the start")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""",
        12, "'b'", DisplayName = "gap between")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8, "'b'", DisplayName = "overlap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "'a'", DisplayName = "range runs backwards")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "'a'", DisplayName = "negative offset")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "'a'", DisplayName = "shape overflows to nothing")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", 4, "'a'", DisplayName = "negative size")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "'a'", DisplayName = "fractional size")]
    [DataRow("""{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "F8_E4M3", DisplayName = "unknown type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""",
        8, "'a' twice", DisplayName = "repeated tensor")]
    [DataRow("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype'", DisplayName = "repeated field")]
    [DataRow("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' twice", DisplayName = "repeated metadata")]
    [DataRow("""{"__metadata__":{"k":1}}""", 0, "'k'", DisplayName = "metadata that is not text")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "'a'", DisplayName = "no range")]
    [DataRow("""{"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}}""", 4, "JSON", DisplayName = "too deep")]
    [DataRow("""{"a":1}""", 0, "'a'", DisplayName = "no object")]
    [DataRow("""[]""", 0, "header", DisplayName = "a list")]
    [DataRow("""{"a":""", 0, "JSON", DisplayName = "half a header")]
    [DataRow("""{} {}""", 0, "JSON", DisplayName = "two headers")]
    [DataRow("", 0, "JSON", DisplayName = "no header")]
    public void Constructor_BadHeader_RefusesAndNames(string header, int dataBytes, string named)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(
            () => new SafetensorsReader(new MemoryStream(File(header, new byte[dataBytes])), "m.safetensors"));

        Assert.Contains("m.safetensors", exception.Message);
        Assert.Contains(named, exception.Message);
    }

    [TestMethod]
    public void Constructor_NameThatIsNotUtf8_Refuses()
    {
        var bytes = File("""{"?":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", new byte[4]);
        bytes[8 + 2] = 0xFF;

        Assert.ThrowsExactly<InvalidDataException>(() => new SafetensorsReader(new MemoryStream(bytes), "x"));
    }

    [TestMethod]
    [DataRow(ulong.MaxValue)]
    [DataRow(100_000_001ul)]
    [DataRow(3ul)]
    public void Constructor_HeaderLongerThanItCanBe_RefusesWithoutAllocating(ulong length)
    {
        var bytes = new byte[10];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.ThrowsExactly<InvalidDataException>(() => new SafetensorsReader(new MemoryStream(bytes), "x"));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.ThrowsExactly<InvalidDataException>(() => SafetensorsReader.ReadAll(new ForwardOnlyStream(new MemoryStream(bytes)), "x", _ => { }));
        Assert.IsLessThan(1 << 20, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Constructor_EmptyTensorsAndSpaces_Reads()
    {
        var bytes = File(
            """  {"z":{"dtype":"F32","shape":[0,5],"data_offsets":[4,4]},"y":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"""
            + """ "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  """,
            new byte[4]);
        using var reader = new SafetensorsReader(new MemoryStream(bytes), "x");

        Assert.AreSequenceEqual(["y", "a", "z"], reader.Weights.Select(weight => weight.Name));
        Assert.IsEmpty(Floats(reader, "z"));
    }

    internal static float[] Floats(WeightReader reader, string name)
    {
        Assert.IsTrue(reader.TryFind(name, out var weight), name);
        var values = new float[weight.Count];
        reader.ReadFloat32(name, values);
        return values;
    }

    private static long[] Longs(WeightReader reader, string name, int count)
    {
        var values = new long[count];
        reader.ReadInt64(name, values);
        return values;
    }

    private static byte[] File(string header, ReadOnlySpan<byte> data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }
}
