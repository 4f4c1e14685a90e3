using System.Runtime.InteropServices;
using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class TensorFlowReaderTests
{
    [TestMethod]
    public void OpenFile_CheckpointOfTensorFlow_HasTheKnownValues()
    {
        using var reader = TensorFlowReader.OpenFile(TestData.PathOf("tf-checkpoint-real", "model.ckpt"));

        Assert.AreSequenceEqual(["'Variable' Float32[784, 10]", "'Variable_1' Float32[10]"], reader.Weights.Select(weight => weight.ToString()));

        // The reference was summed in single precision from values whose magnitudes add up to 601, so it is accurate to about 1e-6.
        Assert.AreEqual(-7.672e-06, SafetensorsReaderTests.Floats(reader, "Variable").Sum(value => (double)value), 1e-6);
        Assert.AreSequenceEqual([-0.37581837f, 0.3593534f, 0.11984351f], SafetensorsReaderTests.Floats(reader, "Variable_1")[..3]);
    }

    [TestMethod]
    [DataRow("model/ln_f/g", "transformer.ln_f.weight")]
    [DataRow("model/wpe", "transformer.wpe.weight")]
    [DataRow("model/h0/ln_1/g", "transformer.h.0.ln_1.weight")]
    [DataRow("model/h0/mlp/c_fc/w", "transformer.h.0.mlp.c_fc.weight")]
    [DataRow("model/h1/mlp/c_fc/w", "transformer.h.1.mlp.c_fc.weight")]
    [DataRow("model/h2/mlp/c_fc/w", "transformer.h.2.mlp.c_fc.weight")]
    [DataRow("model/h2/mlp/c_proj/w", "transformer.h.2.mlp.c_proj.weight")]
    public void ReadFloat32_TinyModelInThreeShards_IsBitEqualToSafetensors(string name, string nameThere)
    {
        using var reader = TensorFlowReader.OpenFile(TestData.PathOf("tiny-tf", "model.ckpt-1000"));
        using var safetensors = SafetensorsReader.OpenFile(TestData.PathOf("tiny", "model.safetensors"));

        Assert.IsTrue(reader.TryFind(name, out var weight) && safetensors.TryFind(nameThere, out var there) && weight.HasShape(there.Shape));
        Assert.AreSequenceEqual(SafetensorsReaderTests.Floats(safetensors, nameThere), SafetensorsReaderTests.Floats(reader, name));
    }

    [TestMethod]
    public void OpenFile_TinyModel_EveryVariableHasItsChecksum()
    {
        using var reader = TensorFlowReader.OpenFile(TestData.PathOf("tiny-tf", "model.ckpt-1000"));

        Assert.IsGreaterThan(30, reader.Weights.Count);
        foreach (var weight in reader.Weights)
        {
            using var data = reader.OpenTensor(weight.Name);
            data.SkipRemaining();
        }
    }

    [TestMethod]
    [DataRow(1, WeightType.Float32)]
    [DataRow(2, WeightType.Float64)]
    [DataRow(3, WeightType.Int32)]
    [DataRow(9, WeightType.Int64)]
    [DataRow(14, WeightType.BFloat16)]
    [DataRow(19, WeightType.Float16)]
    public void Open_EveryType_Reads(int number, object type)
    {
        var bytes = Enumerable.Range(1, WeightTypes.SizeOf((WeightType)type)).Select(value => (byte)value).ToArray();
        using var reader = new TensorFlowFileBuilder().Variable("first", 1, [2], new byte[8]).Variable("v", number, [], bytes).Open();
        using var data = reader.OpenTensor("v");
        var read = new byte[bytes.Length];
        data.ReadBytes(read);

        Assert.AreEqual((WeightType)type, data.Info.Type);
        Assert.AreSequenceEqual(bytes, read);
    }

    [TestMethod]
    public void ReadFloat32_DataChanged_RefusesByChecksum()
    {
        var builder = new TensorFlowFileBuilder().Variable("v", 1, [3], MemoryMarshal.AsBytes<float>([1, 2, 3]).ToArray());
        var data = builder.Data();
        data[5] ^= 1;
        using var reader = TensorFlowFiles.Open(builder.Index(), data);

        var message = Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("v", new float[3])).Message;
        Assert.Contains("'v'", message);
        Assert.Contains("checksum", message);
    }

    [TestMethod]
    public void Open_IndexChanged_RefusesByChecksum()
    {
        var builder = new TensorFlowFileBuilder().Variable("v", 1, [3], new byte[12]);
        var index = builder.Index();
        index[12] ^= 1;
        Assert.Contains("checksum", Assert.ThrowsExactly<InvalidDataException>(() => TensorFlowFiles.Open(index, builder.Data())).Message);
    }

    [TestMethod]
    public void Open_TextVariable_IsLeftOutAndNamedWhenAskedFor()
    {
        using var reader = new TensorFlowFileBuilder().Variable("graph", 7, [], new byte[3]).Variable("v", 1, [1], new byte[4]).Open();

        Assert.AreSequenceEqual(["v"], reader.Weights.Select(weight => weight.Name));
        Assert.Contains("'graph' cannot be read", Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("graph", [])).Message);
        Assert.Contains("no tensor 'other'", Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("other", [])).Message);
    }

    [TestMethod]
    public void Open_FlawedEntry_RefusesAndNames()
    {
        Refused("'v' is stored in slices", new TensorFlowFileBuilder().Variable("v", 1, [1], new byte[4], [0x3A, 0]));
        Refused("1 entries are slices", new TensorFlowFileBuilder().Variable("\0v", 1, [1], new byte[4]));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [2], 0, 0, 4)));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [-1], 0, 0, 4)));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [1L << 40, 1L << 40], 0, 0, 0)));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [1], 1, 0, 4)));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [1], 0, 1, 4)));
        Refused("'v'", Entry(TensorFlowFileBuilder.Fields(1, [1], 0, long.MaxValue, 4)));
        Refused("'v' has no shape", Entry([.. TensorFlowFileBuilder.Fields(1, [1], 0, 0, 4), 0x12, 2, 0x18, 1]));
        Refused("'v': truncated", Entry([0x08]));
        Refused("'v': a field has the wire type 3", Entry([0x0B]));

        static TensorFlowFileBuilder Entry(byte[] value) => new TensorFlowFileBuilder().Variable("a", 1, [1], new byte[4]).Entry("v", value);
    }

    [TestMethod]
    public void Open_FlawedTable_Refuses()
    {
        Refused("snappy", new TensorFlowFileBuilder { BlockType = 1 });
        Refused("little-endian", new TensorFlowFileBuilder { Header = [0x08, 1, 0x10, 1] });
        Refused("magic", new byte[7]);
        Refused("magic", new byte[100]);

        var index = new TensorFlowFileBuilder().Index();
        Refused("magic", index[..^1]);
        index[^48] = 0x7F;
        index[^46] = 0x7F;
        Refused("past the end of the file", index);
    }

    [TestMethod]
    public void Open_ShardMissing_RefusesByName()
    {
        var builder = new TensorFlowFileBuilder { Header = [0x08, 2] }.Variable("v", 1, [1], new byte[4]);
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => TensorFlowFiles.Open(builder.Index(), builder.Data()));
        Assert.Contains("m.data-00000-of-00002", exception.Message);
    }

    [TestMethod]
    public void Checksum_PublishedValues_AreMet()
    {
        // From RFC 3720, section B.4.
        Assert.AreEqual(0x8A9136AAu, ~Crc32C.Append(Crc32C.Start, new byte[32]));
        Assert.AreEqual(0x46DD794Eu, ~Crc32C.Append(Crc32C.Start, [.. Enumerable.Range(0, 32).Select(value => (byte)value)]));
        Assert.AreEqual(0xE3069283u, ~Crc32C.Append(Crc32C.Append(Crc32C.Start, "1234"u8), "56789"u8));
    }

    private static void Refused(string named, TensorFlowFileBuilder builder) =>
        Assert.Contains(named, Assert.ThrowsExactly<InvalidDataException>(() => builder.Open().Dispose()).Message);

    private static void Refused(string named, byte[] index)
    {
        var message = Assert.ThrowsExactly<InvalidDataException>(() => TensorFlowFiles.Open(index, [])).Message;
        Assert.StartsWith("m.index", message);
        Assert.Contains(named, message);
    }
}
