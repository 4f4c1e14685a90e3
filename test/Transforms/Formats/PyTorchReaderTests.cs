using System.IO.Compression;
using System.Runtime.InteropServices;
using IGptMl.Formats;

namespace IGptMl.Tests.Formats;

[TestClass]
public sealed class PyTorchReaderTests
{
    [TestMethod]
    public void OpenFile_TinyModel_IsBitEqualToSafetensors()
    {
        using var torch = PyTorchReader.OpenFile(TestData.PathOf("tiny", "pytorch_model.bin"));
        using var safetensors = SafetensorsReader.OpenFile(TestData.PathOf("tiny", "model.safetensors"));

        foreach (var weight in safetensors.Weights)
        {
            Assert.IsTrue(torch.TryFind(weight.Name, out var found), weight.Name);
            Assert.AreEqual(weight.ToString(), found.ToString());
            var expected = SafetensorsReaderTests.Floats(safetensors, weight.Name);
            var actual = SafetensorsReaderTests.Floats(torch, weight.Name);
            Assert.IsTrue(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)), weight.Name);
        }

        // What only this format has, in each of three layers: zero biases, the causal mask, and the value that represents minus infinity.
        Assert.AreSequenceEqual(
            new[] { "bias", "masked_bias", "c_attn.bias" }
                .SelectMany(name => Enumerable.Range(0, 3).Select(layer => $"transformer.h.{layer}.attn.{name}"))
                .Order(),
            torch.Weights.Select(weight => weight.Name).Except(safetensors.Weights.Select(weight => weight.Name)).Order());
        Assert.AreSequenceEqual(new float[96], SafetensorsReaderTests.Floats(torch, "transformer.h.0.attn.c_attn.bias"));
        Assert.AreSequenceEqual([-1e4f], SafetensorsReaderTests.Floats(torch, "transformer.h.0.attn.masked_bias"));
        Assert.IsTrue(torch.TryFind("transformer.h.0.attn.bias", out var mask));
        Assert.AreEqual(WeightType.Bool, mask.Type);
        Assert.IsTrue(mask.HasShape(1, 1, 64, 64));
        var visible = new long[64 * 64];
        torch.ReadInt64(mask.Name, visible);
        Assert.AreEqual(64 * 65 / 2, visible.Sum());
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ReadFloat32_ViewsOfOneStorage_ReadsEach(bool legacy)
    {
        var builder = new TorchFileBuilder { IsLegacy = legacy };
        builder.Storage("0", [.. Enumerable.Range(0, 24).Select(i => (float)i)]).Storage("7", 0.5f);
        builder.Tensor("whole", "FloatStorage", "0", 24, 0, [2, 3, 4], [12, 4, 1]);
        builder.Tensor("part", "FloatStorage", "0", 24, 13, [3], [1]);
        builder.Tensor("transposed", "FloatStorage", "0", 24, 4, [4, 2], [1, 4]);
        builder.Tensor("every other", "FloatStorage", "0", 24, 1, [2, 2], [12, 2]);
        builder.Tensor("expanded", "FloatStorage", "0", 24, 5, [2, 3], [0, 1]);
        builder.Tensor("unit axes", "FloatStorage", "0", 24, 20, [1, 4, 1], [99, 1, 77]);
        builder.Tensor("scalar", "FloatStorage", "7", 1, 0, [], []);
        builder.Tensor("empty", "FloatStorage", "0", 24, 24, [0, 4], [4, 1]);
        using var reader = Open(builder);

        Assert.AreSequenceEqual(Enumerable.Range(0, 24).Select(i => (float)i), SafetensorsReaderTests.Floats(reader, "whole"));
        Assert.AreSequenceEqual([13f, 14, 15], SafetensorsReaderTests.Floats(reader, "part"));
        Assert.AreSequenceEqual([4f, 8, 5, 9, 6, 10, 7, 11], SafetensorsReaderTests.Floats(reader, "transposed"));
        Assert.AreSequenceEqual([1f, 3, 13, 15], SafetensorsReaderTests.Floats(reader, "every other"));
        Assert.AreSequenceEqual([5f, 6, 7, 5, 6, 7], SafetensorsReaderTests.Floats(reader, "expanded"));
        Assert.AreSequenceEqual([20f, 21, 22, 23], SafetensorsReaderTests.Floats(reader, "unit axes"));
        Assert.AreSequenceEqual([0.5f], SafetensorsReaderTests.Floats(reader, "scalar"));
        Assert.IsEmpty(SafetensorsReaderTests.Floats(reader, "empty"));
        Assert.AreSequenceEqual(
            ["whole", "part", "transposed", "every other", "expanded", "unit axes", "scalar", "empty"],
            reader.Weights.Select(weight => weight.Name));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ReadFloat32_LargeTransposedHalf_Reads(bool legacy)
    {
        const int Rows = 301, Columns = 257;
        var bytes = new byte[Rows * Columns * 2];
        for (var i = 0; i < Rows * Columns; i++)
        {
            BitConverter.GetBytes((Half)(i % 2048)).CopyTo(bytes, 2 * i);
        }

        var builder = new TorchFileBuilder { IsLegacy = legacy };
        builder.Storage("0", 2, bytes).Tensor("t", "HalfStorage", "0", Rows * Columns, 0, [Columns, Rows], [1, Columns]);
        using var reader = Open(builder);
        var values = SafetensorsReaderTests.Floats(reader, "t");

        for (var i = 0; i < values.Length; i++)
        {
            Assert.AreEqual(((i % Rows * Columns) + (i / Rows)) % 2048, values[i]);
        }
    }

    [TestMethod]
    [DataRow("FloatStorage", WeightType.Float32)]
    [DataRow("HalfStorage", WeightType.Float16)]
    [DataRow("BFloat16Storage", WeightType.BFloat16)]
    [DataRow("DoubleStorage", WeightType.Float64)]
    [DataRow("CharStorage", WeightType.Int8)]
    [DataRow("ShortStorage", WeightType.Int16)]
    [DataRow("IntStorage", WeightType.Int32)]
    [DataRow("LongStorage", WeightType.Int64)]
    [DataRow("ByteStorage", WeightType.UInt8)]
    [DataRow("BoolStorage", WeightType.Bool)]
    public void Open_EveryStorageKind_HasItsType(string kind, object type)
    {
        var size = WeightTypes.SizeOf((WeightType)type);
        using var reader = Open(new TorchFileBuilder().Storage("0", size, new byte[2 * size]).Tensor("t", kind, "0", 2, 1, [1], [1]));

        Assert.AreEqual((WeightType)type, reader.Weights[0].Type);
        using var data = reader.OpenTensor("t");
        data.ReadBytes(new byte[size]);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Open_OtherGlobal_RefusesByNameWithoutRunningIt(bool legacy)
    {
        // As in a hostile file: a call of os.system("…") during unpickling.
        var call = (byte[])[.. TorchFileBuilder.GlobalBytes("posix", "system"), .. TorchFileBuilder.TextBytes("true"), 0x85, (byte)'R'];
        Assert.Contains("'posix.system'", Refused(new TorchFileBuilder { IsLegacy = legacy }.Entry("w", call)));
    }

    [TestMethod]
    [DataRow("builtins", "eval")]
    [DataRow("__builtin__", "exec")]
    [DataRow("os", "system")]
    [DataRow("subprocess", "Popen")]
    [DataRow("torch", "load")]
    [DataRow("torch.serialization", "FloatStorage")]
    [DataRow("torch._utils", "_rebuild_tensor")]
    [DataRow("torch._utils", "_rebuild_tensor_v2 ")]
    [DataRow("collections", "OrderedDict.update")]
    [DataRow("numpy.core.multiarray", "_reconstruct")]
    [DataRow("", "")]
    public void Open_GlobalOutsideTheSet_IsRefusedByName(string module, string name)
    {
        var message = Refused(new TorchFileBuilder().Entry("w", TorchFileBuilder.GlobalBytes(module, name)));
        Assert.Contains($"'{module}.{name}', which a state dict does not need; nothing of it was run.", message);
    }

    [TestMethod]
    public void Open_EveryOpcodeOutsideTheSet_IsRefused()
    {
        // What torch.save and Python 2 pickles of tensors use. None of these runs anything but the supported names.
        var known = ".(NKMJGXUct)]}aesuqrhjRQb\u0080\u0085\u0086\u0087\u0088\u0089\u008A".Select(letter => (int)letter).ToHashSet();
        foreach (var opcode in Enumerable.Range(0, 256).Where(opcode => !known.Contains(opcode)))
        {
            Assert.Contains($"the instruction 0x{opcode:X2} (", Refused(new TorchFileBuilder().Entry("w", (byte)opcode)));
        }
    }

    [TestMethod]
    [DataRow((byte)'i', "Inst")]
    [DataRow((byte)'o', "Obj")]
    [DataRow((byte)0x81, "Newobj")]
    [DataRow((byte)0x82, "Ext1")]
    [DataRow((byte)0x93, "StackGlobal")]
    [DataRow((byte)0xFF, "unknown")]
    public void Open_OtherInstruction_RefusesByName(byte opcode, string name) =>
        Assert.Contains($"({name})", Refused(new TorchFileBuilder().Entry("w", opcode, (byte)'\n', (byte)'\n')));

    [TestMethod]
    [DataRow(1, 0L, 3L, 1L, "past its storage", DisplayName = "one element too many")]
    [DataRow(1, -1L, 2L, 1L, "past its storage", DisplayName = "negative offset")]
    [DataRow(1, 2L, 1L, 1L, "past its storage", DisplayName = "offset behind the end")]
    [DataRow(1, 1L, 2L, -1L, "past its storage", DisplayName = "negative stride")]
    [DataRow(1, 0L, 2L, long.MaxValue, "past its storage", DisplayName = "stride overflows")]
    [DataRow(1, 0L, -2L, 1L, "invalid shape", DisplayName = "negative size")]
    [DataRow(2, 0L, 1L << 40, 1L, "invalid shape", DisplayName = "shape overflows")]
    [DataRow(1, 0L, 1L << 40, 0L, "whole file", DisplayName = "stride zero as a bomb")]
    [DataRow(17, 0L, 1L, 1L, "arguments", DisplayName = "too many axes")]
    public void Open_ViewThatCannotBe_RefusesAndNames(int rank, long offset, long size, long stride, string named)
    {
        var message = Refused(new TorchFileBuilder().Storage("0", 1f, 2f).Tensor(
            "w", "FloatStorage", "0", 2, offset, [.. Enumerable.Repeat(size, rank)], [.. Enumerable.Repeat(stride, rank)]));
        Assert.Contains(named, message);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Read_StorageMissingOrOfAnotherLength_Refuses(bool legacy)
    {
        var missing = new TorchFileBuilder { IsLegacy = legacy }.Tensor("w", "FloatStorage", "0", 2, 0, [2], [1]);
        var shorter = new TorchFileBuilder { IsLegacy = legacy }.Storage("0", 1f).Tensor("w", "FloatStorage", "0", 2, 0, [2], [1]);
        foreach (var builder in new[] { missing, shorter })
        {
            using var reader = Open(builder);
            Assert.Contains("0'", Assert.ThrowsExactly<InvalidDataException>(() => reader.ReadFloat32("w", new float[2])).Message);
        }
    }

    [TestMethod]
    public void Open_CheckpointAroundAStateDict_RefusesAndNames()
    {
        Assert.Contains("'epoch' is a number", Refused(new TorchFileBuilder().Entry("epoch", (byte)'K', 3)));
        Assert.Contains("'model' is a dictionary", Refused(new TorchFileBuilder().Entry("model", (byte)'}')));
        Assert.Contains("found a list", Refused(new TorchFileBuilder { Pickle = [0x80, 2, (byte)']', (byte)'.'] }));
    }

    [TestMethod]
    public void Open_OtherFlaws_Refuses()
    {
        var tensor = () => new TorchFileBuilder().Storage("0", new float[100]).Tensor("w", "FloatStorage", "0", 100, 0, [100], [1]);
        Assert.Contains("twice", Refused(tensor().Tensor("w", "FloatStorage", "0", 100, 0, [100], [1])));

        var big = tensor();
        big.ByteOrder = "big";
        Assert.Contains("little-endian", Refused(big));

        var compressed = tensor();
        compressed.Compression = CompressionLevel.Optimal;
        Assert.Contains("compressed", Refused(compressed));

        var protocol = tensor();
        protocol.Pickle = [0x80, 4, (byte)'}', (byte)'.'];
        Assert.Contains("protocol 4", Refused(protocol));

        Assert.Contains("little-endian", Refused(new TorchFileBuilder { IsLegacy = true, ByteOrder = "big" }));
        Assert.Contains("torch.save", Assert.ThrowsExactly<InvalidDataException>(() => PyTorchReader.Open(new MemoryStream(new byte[100]), "x")).Message);
    }

    [TestMethod]
    public void Open_ZipWithoutPickle_Refuses()
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            zip.CreateEntry("readme.txt");
        }

        Assert.Contains("data.pkl", Assert.ThrowsExactly<InvalidDataException>(() => PyTorchReader.Open(new MemoryStream(file.ToArray()), "x")).Message);
    }

    private static PyTorchReader Open(TorchFileBuilder builder) => PyTorchReader.Open(new MemoryStream(builder.Build()), "m.bin");

    private static string Refused(TorchFileBuilder builder)
    {
        var exception = Assert.ThrowsExactly<InvalidDataException>(() => Open(builder).Dispose());
        Assert.StartsWith("m.bin", exception.Message);
        return exception.Message;
    }
}
